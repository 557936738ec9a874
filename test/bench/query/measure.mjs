// node measure.mjs FOLDER: asks a store that make.mjs made, in a process of its own, so that its memory is only its own.
import { randomUUID } from 'node:crypto'
import { openStore, query, report } from '@nsm/engine'
import { table } from '../sdk/table.mjs'
import { byHand } from './by-hand.mjs'
import { medians } from './cost.mjs'
import { END } from './generate.mjs'
import { eventOf, KINDS, PRODUCT } from './tree.mjs'

const WEEK = 7 * 86_400_000
const [folder] = process.argv.slice(2)
const store = await openStore(`file:${folder}`)
const [[events]] = await store.rows('SELECT count() FROM nsm.events')
// What takes seconds varies little.
const ROUNDS = events > 2_000_000 ? 3 : 5
let differing = 0
let made = 0

await report(store, PRODUCT, { now: END + 1, periods: 26 })
// Before the kinds, which add late events: what they restate a report would have to look for.
await reports()
for (const weeks of [12, 52]) await kinds(weeks)
const { rss } = process.memoryUsage()
console.info(`\nmemory ${megabytes(rss)} MB resident, ${megabytes(process.resourceUsage().maxRSS * 1000)} MB at most`)
await store.close()
if (differing > 0) {
  console.error(`${differing} of the numbers differ from those by hand.`)
  process.exitCode = 1
}

/** Each kind with nothing remembered, beside the same by hand; then again, and after an event that came late. */
async function kinds(weeks) {
  const starts = Array.from({ length: weeks }, (_, i) => END - (weeks - i) * WEEK)
  const hand = byHand(starts)
  const span = { grain: 'week', from: date(starts[0]), to: date(END - 1) }
  const rows = []
  for (const metric of Object.keys(KINDS.metrics)) {
    let points
    let numbers
    const ours = async () => {
      points = (await query(store, KINDS, { metric, ...span }, END + 1)).points
    }
    const theirs = async () => {
      numbers = await store.rows(hand[metric])
    }
    const anew = async () => store.changes.forget()
    const [cold, best] = await medians(ROUNDS, [ours, theirs], anew)
    const same = isSame(points, numbers)
    if (!same) differing++
    const [warm] = await medians(ROUNDS, [ours])
    const [late] = await medians(ROUNDS, [ours], () => addLate(starts, eventOf(metric)))
    rows.push([
      `${metric}${same ? '' : ' (DIFFERS)'}`,
      {
        'CPU, ms': ms(cold.cpu),
        'by hand': ms(best.cpu),
        ratio: (cold.cpu / best.cpu).toFixed(2),
        'wall, ms': ms(cold.wall),
        'by hand ': ms(best.wall),
        'ratio ': (cold.wall / best.wall).toFixed(2),
        'again, CPU ms': ms(warm.cpu),
        'after a late event': ms(late.cpu),
      },
    ])
  }
  console.info(`\n${weeks} weeks, nothing remembered; medians of ${ROUNDS}\n${table(rows)}`)
}

/** One north star, five inputs, two guardrails over 26 weeks. */
async function reports() {
  const ask = () => report(store, PRODUCT, { now: END + 1, periods: 26 })
  const starts = Array.from({ length: 26 }, (_, i) => END - (26 - i) * WEEK)
  const [cold] = await medians(ROUNDS, [ask], async () => store.changes.forget())
  const [warm] = await medians(4 * ROUNDS, [ask])
  const [late] = await medians(4 * ROUNDS, [ask], () => addLate(starts, 'message_sent'))
  // As a value that was final is told apart from what it was first: the last of these are.
  const [restating] = await medians(2 * ROUNDS, [ask], () => addLate(starts.slice(-5), 'message_sent'))
  const rows = Object.entries({
    cold,
    'again, nothing new': warm,
    'after one late event': late,
    'after one for a final period that is watched': restating,
  }).map(([name, { cpu, wall }]) => [name, { 'CPU, ms': ms(cpu), 'wall, ms': ms(wall) }])
  console.info(`\nA report of ${Object.keys(PRODUCT.metrics).length} metrics over 26 weeks\n${table(rows)}`)
}

/** Adds an event that happened in one of these weeks, but not in the last two, and comes only now. */
async function addLate(starts, name) {
  const time = starts[(7 * ++made) % (starts.length - 2)] + made * 1000
  const late = {
    messageId: randomUUID(),
    type: name === '$page' ? 'page' : 'track',
    name,
    time,
    receivedAt: END,
    userId: `u${made}`,
    anonymousId: '',
    otherId: '',
    properties: { bot: false, length: 20, plan: 'pro', amount: 1.5 },
    context: { groups: { team: 't1' } },
  }
  await store.insert([late])
}

function isSame(points, rows) {
  const byWeek = new Map(rows.map(([week, number]) => [Number(week), Number(number)]))
  return points.every(({ value }, week) => {
    const other = byWeek.get(week) ?? 0
    return Math.abs((value ?? 0) - other) <= 1e-9 * Math.abs(other)
  })
}

function ms(time) {
  return time.toFixed(time < 10 ? 1 : 0)
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(0)
}

function date(time) {
  return new Date(time).toISOString().slice(0, 10)
}
