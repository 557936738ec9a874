import type { Event } from '@nsm/schema'
import { expect, it } from 'vitest'
import { Changes } from './changes.js'

const DAY = 86_400_000

function event(changes: Partial<Event>): Event {
  return {
    messageId: 'm',
    type: 'track',
    name: 'a',
    time: 0,
    receivedAt: 0,
    userId: 'u',
    anonymousId: '',
    otherId: '',
    properties: {},
    context: {},
    ...changes,
  }
}

it('names that senders make up do not fill the memory, and no change is forgotten for it', () => {
  const changes = new Changes()
  changes.learn([], 0, changes.revision)
  changes.added([event({ name: 'first' })])
  const before = changes.revision
  for (let block = 0; block < 40; block++) {
    changes.added(Array.from({ length: 5_000 }, (_, i) => event({ name: `made up ${block} ${i}` })))
  }
  expect(changes.noted).toBeLessThan(120_000)
  for (const name of ['first', 'made up 0 0', 'made up 39 4999']) {
    expect(changes.touched([name], { start: 0, end: DAY }, before)).toBe(true)
  }
})

it('ids that are linked while nobody asks who did what do not fill the memory', () => {
  const changes = new Changes()
  const linked = (count: number) =>
    changes.added(
      Array.from({ length: count }, (_, i) => event({ type: 'identify', name: '$identify', anonymousId: `a${i}` })),
    )
  linked(3)
  linked(3)
  expect(changes.takeLinked()).toEqual(['a0', 'a1', 'a2'])
  linked(100_000)
  expect(changes.noted).toBeLessThan(6_000)
  expect(changes.takeLinked()).toBeNull()
  expect(changes.takeLinked()).toEqual([])
})
