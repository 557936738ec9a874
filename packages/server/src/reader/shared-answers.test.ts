import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SharedAnswers } from './shared-answers.js'

let value: number
let computed: number
let gate: Promise<void>
let answers: SharedAnswers<{ metric: string }>

beforeEach(() => {
  vi.useFakeTimers()
  value = 1
  computed = 0
  gate = Promise.resolve()
  answers = new SharedAnswers({
    compute: async ({ metric }) => {
      computed++
      const seen = value
      await gate
      return { metric, value: seen, asOf: Date.now() }
    },
    substance: ({ asOf: _, ...rest }: { asOf?: number }) => rest,
    clock: () => Date.now(),
    onError: (error) => {
      throw error
    },
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
