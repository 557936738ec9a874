import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ResponseCache } from './response-cache.js'

/** As if 32 MB. */
const KEPT = 40_000
let value: number
let size: number
let computed: number
let gate: Promise<void>
let answers: ResponseCache<{ metric: string }>

beforeEach(() => {
  vi.useFakeTimers()
  value = 1
  size = 0
  computed = 0
  gate = Promise.resolve()
  answers = new ResponseCache({
    compute: async ({ metric }) => {
      computed++
      const seen = value
      await gate
      return { metric, value: seen, asOf: Date.now(), filler: 'x'.repeat(size) }
    },
    etagInput: ({ asOf: _, ...rest }: { asOf?: number }) => rest,
    clock: () => Date.now(),
    onError: (error) => {
      throw error
    },
    atOnce: 2,
    keptBytes: KEPT,
  })
})
afterEach(() => {
  answers.close()
  vi.useRealTimers()
})

const shown = ({ body }: { body: string }) => JSON.parse(body).value

describe('an answer', () => {
  it('is computed once for all who ask at once', async () => {
    await Promise.all(Array.from({ length: 50 }, () => answers.get({ metric: 'm' })))
    expect(computed).toBe(1)
  })

  it('is kept while nothing changes, for a moment', async () => {
    await answers.get({ metric: 'm' })
    await answers.get({ metric: 'm' })
    expect(computed).toBe(1)
    vi.advanceTimersByTime(10_000)
    await answers.get({ metric: 'm' })
    expect(computed).toBe(2)
  })

  it('never shows less than what was there when it was asked for', async () => {
    let open = () => {}
    gate = new Promise((resolve) => {
      open = resolve
    })
    const early = answers.get({ metric: 'm' })
    value = 2
    answers.changed()
    const late = answers.get({ metric: 'm' })
    open()
    expect([shown(await early), shown(await late)]).toEqual([1, 2])
  })

  it('keeps its tag while only the clock moves, and has another for another value', async () => {
    const first = await answers.get({ metric: 'm' })
    vi.advanceTimersByTime(10_000)
    expect((await answers.get({ metric: 'm' })).etag).toBe(first.etag)
    value = 2
    answers.changed()
    expect((await answers.get({ metric: 'm' })).etag).not.toBe(first.etag)
  })

  it('that failed is computed anew for the next', async () => {
    gate = Promise.reject(new Error('store away'))
    await expect(answers.get({ metric: 'm' })).rejects.toThrow('store away')
    gate = Promise.resolve()
    expect(shown(await answers.get({ metric: 'm' }))).toBe(1)
  })
})

describe('the memory of answers', () => {
  const ask = async (from: number, count: number) => {
    for (let i = from; i < from + count; i++) await answers.get({ metric: `m${i}` })
  }

  it('is bounded by bytes, and the answers asked for last are kept', async () => {
    size = 1_000
    await ask(0, 100)
    expect(answers.bytes).toBeLessThanOrEqual(KEPT)
    expect(answers.bytes).toBeGreaterThan(KEPT / 2)
    computed = 0
    await ask(95, 5)
    expect(computed).toBe(0)
    await ask(0, 5)
    expect(computed).toBe(5)
    expect(answers.bytes).toBeLessThanOrEqual(KEPT)
  })

  it('does not keep one that is large for its own sake, and keeps the others', async () => {
    size = 100
    await answers.get({ metric: 'small' })
    size = KEPT / 8
    expect(JSON.parse((await answers.get({ metric: 'large' })).body).filler).toHaveLength(size)
    computed = 0
    await answers.get({ metric: 'small' })
    expect(computed).toBe(0)
    await answers.get({ metric: 'large' })
    expect(computed).toBe(1)
  })

  it('lets go of what is listened to as well, and listeners are told all the same', async () => {
    size = 1_000
    const told: number[] = []
    for (let i = 0; i < 100; i++) await answers.listen({ metric: `m${i}` }, (answer) => told.push(shown(answer)))
    expect(answers.bytes).toBeLessThanOrEqual(KEPT)
    value = 2
    answers.changed()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(told.filter((number) => number === 2)).toHaveLength(100)
    expect(answers.bytes).toBeLessThanOrEqual(KEPT)
  })
})

describe('answers that are computed', () => {
  it('are so many at once, and the others in their turn', async () => {
    let open = () => {}
    gate = new Promise((resolve) => {
      open = resolve
    })
    const all = Array.from({ length: 10 }, (_, i) => answers.get({ metric: `m${i}` }))
    await vi.advanceTimersByTimeAsync(0)
    expect(computed).toBe(2)
    open()
    await Promise.all(all)
    expect(computed).toBe(10)
  })

  it('have so many waiting for them; the next is told to come again', async () => {
    let open = () => {}
    gate = new Promise((resolve) => {
      open = resolve
    })
    const all = Array.from({ length: 102 }, (_, i) => answers.get({ metric: `m${i}` }))
    await expect(answers.get({ metric: 'one more' })).rejects.toMatchObject({ code: 'overloaded', status: 503 })
    open()
    await Promise.all(all)
    expect(shown(await answers.get({ metric: 'one more' }))).toBe(1)
  })
})

describe('a listener', () => {
  it('is told at once, then only of changes, one computation for all', async () => {
    const told: number[][] = [[], []]
    for (const list of told) await answers.listen({ metric: 'm' }, (answer) => list.push(shown(answer)))
    answers.changed()
    await vi.advanceTimersByTimeAsync(1_000)
    value = 2
    answers.changed()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(told).toEqual([
      [1, 2],
      [1, 2],
    ])
    expect(computed).toBe(3)
  })

  it('is told the last of many quick changes', async () => {
    const told: number[] = []
    await answers.listen({ metric: 'm' }, (answer) => told.push(shown(answer)))
    for (value = 2; value < 50; value++) answers.changed()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(told[0]).toBe(1)
    expect(told.at(-1)).toBe(50)
    expect(computed).toBeLessThan(5)
  })

  it('is told however many others listen to something else', async () => {
    const told: number[] = []
    for (let i = 0; i < 300; i++) await answers.listen({ metric: `m${i}` }, (answer) => told.push(shown(answer)))
    value = 2
    answers.changed()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(told.filter((number) => number === 2)).toHaveLength(300)
  })

  it('that stopped is not told', async () => {
    const told: number[] = []
    const stop = await answers.listen({ metric: 'm' }, (answer) => told.push(shown(answer)))
    stop()
    value = 2
    answers.changed()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(told).toEqual([1])
  })
})
