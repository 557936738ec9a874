import { summarise, toSVG, toText } from '@nsm/card/summary'
import { openStore, report } from '@nsm/engine'
import { type Event, parseTree, toEvent } from '@nsm/schema'
import { expect, test } from 'vitest'

const WEEK = 7 * 86_400_000
const MONDAY = Date.UTC(2026, 2, 2)
/** Noon on Wednesday of the second week. */
const NOW = MONDAY + WEEK + 2.5 * 86_400_000

function events(name: string, week: number, count: number): Event[] {
  return Array.from({ length: count }, (_, i) => {
    const time = MONDAY + week * WEEK + i * 60_000
    const message = {
      type: 'track',
      event: name,
      anonymousId: `d${i}`,
      timestamp: time,
    } as const
    return toEvent(message, { receivedAt: time, messageId: `${name} ${week} ${i}` })
  })
}

async function summaryOf(complaints: { lastWeek: number; thisWeek: number }) {
  const tree = parseTree({
    version: 1,
    product: 'Shop',
    calendar: { timezone: 'UTC' },
    events: { ordered: { value: true }, complained: {} },
    northStar: ['orders'],
    guardrails: ['complaints'],
    metrics: {
      orders: { title: 'Orders', definition: { kind: 'count', event: 'ordered' } },
      complaints: {
        title: 'Complaints',
        direction: 'down',
        definition: { kind: 'count', event: 'complained' },
        limit: { max: 5 },
      },
    },
  })
  if (!tree.ok) throw new Error(JSON.stringify(tree.problems))
  const store = await openStore('memory:')
  try {
    await store.insert([
      ...events('ordered', 0, 3),
      ...events('ordered', 1, 4),
      ...events('complained', 0, complaints.lastWeek),
      ...events('complained', 1, complaints.thisWeek),
    ])
    return summarise(await report(store, tree.value, { now: NOW }))
  } finally {
    await store.close()
  }
}

test('a guardrail already breached this week is reported with this week’s value', async () => {
  const summary = await summaryOf({ lastWeek: 1, thisWeek: 6 })
  expect(toText(summary)).toContain('Complaints: 6 this week (out of range, limit 5)')
  expect(toSVG(summary)).toContain('Complaints at 6 this week (limit 5)')
})

test('a guardrail breached last week is reported with last week’s value, whatever this week’s is', async () => {
  const summary = await summaryOf({ lastWeek: 7, thisWeek: 0 })
  expect(toText(summary)).toContain('Complaints: 7 last week (out of range, limit 5)')
  expect(toSVG(summary)).toContain('Complaints at 7 last week (limit 5)')
})

test('a guardrail within its limit is reported for the last complete week', async () => {
  const summary = await summaryOf({ lastWeek: 1, thisWeek: 2 })
  expect(toText(summary)).toContain('Complaints: 1 last week (in range, limit 5)')
})
