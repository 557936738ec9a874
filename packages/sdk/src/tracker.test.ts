import 'fake-indexeddb/auto'
import { messageSchema } from '@nsm/schema'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTracker } from './tracker.js'
import type { Message } from './types/message.js'
import type { Options } from './types/options.js'
import type { Outcomes } from './types/outcome.js'

const DAY = 24 * 3_600_000
let key = 0
let writeKey: string
let log: Message[]
let bodies: { writeKey: string; sentAt: string; batch: Message[] }[]
/** What the collector answers next; the last one stays. */
let answers: (() => Response | Promise<Response>)[]

const ok = (results: object[] = []) => Response.json({ success: true, results })
const status = (code: number, headers: Record<string, string> = {}) => new Response('{}', { status: code, headers })

beforeEach(() => {
  writeKey = `wk_${key++}`
  log = []
  bodies = []
  answers = [() => ok()]
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    expect(url).toBe('https://collector.example/v1/batch')
    const body = JSON.parse(init.body as string)
    // What a tracker of an earlier test still has to say is not for this one.
    if (body.writeKey !== writeKey) return ok()
    bodies.push(body)
    const response = await (answers.length > 1 ? answers.shift() : answers[0])!()
    if (response.ok) log.push(...body.batch)
    return response
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  // For what trackers of this test still have to say.
  vi.stubGlobal('fetch', async () => ok())
})

function tracker(options: Partial<Options> = {}) {
  const made = createTracker({ writeKey, endpoint: 'https://collector.example', ...options })
  const outcomes: [keyof Outcomes, Outcomes[keyof Outcomes]][] = []
  for (const name of ['sent', 'retry', 'rejected', 'dropped', 'storage', 'ignored'] as const) {
    made.on(name, (detail) => outcomes.push([name, detail]))
  }
  return Object.assign(made, { outcomes })
}
const names = () => log.map((event) => event.event)

describe('an event', () => {
  it('is a message the collector takes, with its number', async () => {
    const one = tracker()
    one.identify('u1', { plan: 'pro' })
    one.group('team', 't1')
    one.group('acme')
    one.page('home')
    one.alias('u2')
    const id = one.track('value_moment', { minutes: 12 }, { groups: { project: 'p1' } })
    await one.flush()

    expect(log.map((event) => messageSchema.parse(event).type)).toEqual([
      'identify',
      'group',
      'group',
      'page',
      'alias',
      'track',
    ])
    expect(log[5]).toMatchObject({
      messageId: id,
      event: 'value_moment',
      properties: { minutes: 12 },
      userId: 'u1',
      context: { seq: 6, groupId: 'acme', groups: { team: 't1', project: 'p1' }, library: { name: '@nsm/sdk' } },
    })
    expect(log[4]).toMatchObject({ userId: 'u2', previousId: 'u1' })
    expect(bodies[0]).toMatchObject({ writeKey, sentAt: expect.stringMatching(/Z$/) })
    expect(one.size).toBe(0)
  })

  it('keeps its own time and identity', async () => {
    const one = tracker()
    one.track('order', { total: 1 }, { messageId: 'order-1', timestamp: '2026-03-02T10:00:00+01:00' })
    await one.flush()
    expect(log[0]).toMatchObject({ messageId: 'order-1', timestamp: '2026-03-02T09:00:00.000Z' })
  })

  it('has the registered properties of its time', async () => {
    const one = tracker()
    one.track('before')
    one.register({ plan: 'pro', seats: 2 })
    one.track('after', { seats: 3 })
    await one.flush()
    expect(log.map((event) => event.properties)).toEqual([{}, { plan: 'pro', seats: 3 }])
  })

  it('made before init is sent after it', async () => {
    const one = createTracker()
    one.identify('u1')
    one.track('early')
    expect(one.size).toBe(2)
    one.init({ writeKey, endpoint: 'https://collector.example' })
    await one.flush()
    expect(log[1]).toMatchObject({ event: 'early', userId: 'u1' })
  })

  it('that cannot be written is ignored, and says so', async () => {
    const one = tracker()
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    const ids = [one.track('circle', loop), one.track('never', {}, { timestamp: 'yesterday' })]
    await one.flush()
    expect(log).toEqual([])
    expect(one.outcomes.map(([name, detail]) => [name, detail])).toMatchObject(
      ids.map((id) => ['ignored', { ids: [id], reason: 'invalid' }]),
    )
  })
})

describe('reset', () => {
  it('makes it somebody else; the device goes on numbering', async () => {
    const one = tracker()
    one.identify('u1')
    one.track('mine')
    one.reset()
    one.track('theirs')
    await one.flush()
    expect(log[1]).toMatchObject({ userId: 'u1', context: { seq: 2 } })
    expect(log[2]).not.toHaveProperty('userId')
    expect(log[2]?.anonymousId).not.toBe(log[1]?.anonymousId)
    expect(log[2]?.context['seq']).toBe(3)
  })
})

describe('beforeSend', () => {
  it('changes events, leaves them out, and what it throws at is left out too', async () => {
    const one = tracker({
      beforeSend(event) {
        if (event.event === 'broken') throw new Error('oops')
        return event.event === 'secret' ? null : { ...event, properties: { seen: true } }
      },
    })
    for (const name of ['plain', 'secret', 'broken']) one.track(name)
    await one.flush()
    expect(log.map((event) => [event.event, event.properties])).toEqual([['plain', { seen: true }]])
    expect(one.outcomes.filter(([name]) => name === 'ignored')).toMatchObject([
      ['ignored', { reason: 'before_send' }],
      ['ignored', { reason: 'invalid' }],
    ])
  })
})

describe('a failure', () => {
  it.each([500, 503, 429, 408, 302])('of status %d keeps the events', async (code) => {
    answers = [() => status(code), () => ok()]
    const one = tracker()
    const id = one.track('a')
    await one.flush()
    expect(one.size).toBe(1)
    expect(one.outcomes).toMatchObject([['retry', { ids: [id], status: code }]])
    await one.flush()
    expect(names()).toEqual(['a'])
  })

  it('without an answer keeps them too', async () => {
    answers = [() => Promise.reject(new TypeError('Failed to fetch')), () => ok()]
    const one = tracker()
    one.track('a')
    await one.flush()
    expect(one.outcomes).toMatchObject([['retry', { status: 0 }]])
    await one.flush()
    expect(names()).toEqual(['a'])
  })

  it('is a receipt when the answer is cut off after its 200', async () => {
    answers = [() => new Response('{"succ', { status: 200 })]
    const one = tracker()
    one.track('a')
    expect(await one.flush()).toEqual({ left: 0 })
    expect(one.outcomes.map(([name]) => name)).toEqual(['sent'])
  })

  it('is not asked again before Retry-After is over, by nobody', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    answers = [() => status(429, { 'Retry-After': '60' }), () => ok()]
    const one = tracker()
    one.track('a')
    await one.flush()
    vi.setSystemTime(Date.now() + 59_000)
    await one.flush()
    await tracker().flush()
    dispatchEvent(new Event('online'))
    await one.flush()
    expect(bodies.length).toBe(1)
    vi.setSystemTime(Date.now() + 2_000)
    await one.flush()
    expect(names()).toContain('a')
  })

  it.each([401, 403, 404])('of status %d, the operator’s mistake, pauses five minutes and keeps them', async (code) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    answers = [() => status(code), () => ok()]
    const one = tracker()
    one.track('a')
    await one.flush()
    vi.setSystemTime(Date.now() + 299_000)
    expect(await one.flush()).toEqual({ left: 1 })
    vi.setSystemTime(Date.now() + 2_000)
    expect(await one.flush()).toEqual({ left: 0 })
  })

  it('backs off with full jitter: 1 s · 2ⁿ, at most five minutes', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1)
    answers = [() => status(503)]
    const one = tracker()
    one.track('a')
    for (let i = 0; i < 11; i++) await one.flush()
    const waits = one.outcomes.map(([, detail]) => (detail as Outcomes['retry']).wait / 1_000)
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
  })
})

describe('a refusal', () => {
  it.each([400, 410, 422, 413])('of a single event with %d is told and final', async (code) => {
    answers = [() => status(code)]
    const one = tracker()
    const id = one.track('a')
    expect(await one.flush()).toEqual({ left: 0 })
    expect(one.outcomes).toEqual([['rejected', { ids: [id], status: code }]])
    answers = [() => ok()]
    await tracker().flush()
    expect(log).toEqual([])
  })

  it('of a batch that is too large halves it until it fits', async () => {
    vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
      const { batch } = JSON.parse(init.body as string)
      if (batch.length > 10) return status(413)
      log.push(...batch)
      return ok()
    })
    const one = tracker()
    for (let i = 0; i < 40; i++) one.track('a')
    await one.flush()
    expect(new Set(log.map((event) => event.messageId)).size).toBe(40)
    expect(log.length).toBe(40)
  })

  it('of one event does not touch the others', async () => {
    answers = [() => ok([{ i: 1, status: 400, code: 'bad_event', message: 'No.' }])]
    const one = tracker()
    const [a, b, c] = ['a', 'b', 'c'].map((name) => one.track(name))
    await one.flush()
    expect(one.outcomes).toEqual([
      ['rejected', { ids: [b], status: 400, code: 'bad_event', message: 'No.' }],
      ['sent', { ids: [a, c], status: 200 }],
    ])
  })
})

describe('what waits', () => {
  it('goes in batches of fifty, and of 48 kB', async () => {
    const one = tracker()
    for (let i = 0; i < 120; i++) one.track('a')
    await one.flush()
    expect(bodies.map(({ batch }) => batch.length)).toEqual([50, 50, 20])
    bodies.length = 0
    for (let i = 0; i < 4; i++) one.track('big', { text: 'é'.repeat(10_000) })
    await one.flush()
    expect(bodies.map(({ batch }) => batch.length)).toEqual([2, 2])
  })

  it('is found by the next page', async () => {
    answers = [() => Promise.reject(new TypeError())]
    const one = tracker()
    for (let i = 0; i < 120; i++) one.track('a', { i })
    await one.flush()
    answers = [() => ok()]
    await tracker().flush()
    expect(new Set(log.map((event) => event.messageId)).size).toBe(120)
    expect(new Set(log.map((event) => event.context['seq'])).size).toBe(120)
  })

  it('is at most a thousand events, the newest', async () => {
    answers = [() => status(503)]
    const one = tracker()
    const ids: string[] = []
    for (let i = 0; i < 30; i++) {
      for (let k = 0; k < 40; k++) ids.push(one.track('a'))
      await one.flush()
    }
    expect(one.size).toBe(1_000)
    const dropped = one.outcomes
      .filter(([name]) => name === 'dropped')
      .flatMap(([, detail]) => (detail as Outcomes['dropped']).ids)
    expect(new Set(dropped)).toEqual(new Set(ids.slice(0, 200)))
  })

  it('is at most a megabyte', async () => {
    answers = [() => status(503)]
    const one = tracker()
    for (let i = 0; i < 40; i++) one.track('a', { text: 'x'.repeat(30_000) })
    await one.flush()
    expect(one.size).toBe(32)
  })

  it('is dropped after a week, and says so', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    answers = [() => status(503)]
    const old = tracker()
    const id = old.track('old')
    await old.flush()
    answers = [() => ok()]
    vi.setSystemTime(Date.now() + 8 * DAY)
    const one = tracker()
    one.track('new')
    await one.flush()
    expect(names()).toEqual(['new'])
    expect(one.outcomes).toContainEqual(['dropped', { ids: [id], reason: 'age' }])
  })
})

describe('consent', () => {
  it('pending: nothing is stored or sent; granted: everything goes', async () => {
    const one = tracker({ consent: 'pending' })
    one.identify('u1')
    one.track('a')
    await one.flush()
    expect(bodies).toEqual([])
    expect(localStorage.getItem(`nsm:${writeKey}`)).toBeNull()
    expect(await indexedDB.databases()).not.toContainEqual(expect.objectContaining({ name: `nsm:${writeKey}` }))
    one.consent('granted')
    await one.flush()
    expect(log[1]).toMatchObject({ event: 'a', userId: 'u1' })
  })

  it('denied: queue, ids and database are erased, in other tabs too', async () => {
    answers = [() => status(503)]
    const [one, other] = [tracker(), tracker()]
    const [a, b] = [one.track('a'), other.track('b')]
    await one.flush()
    await other.flush()
    one.consent('denied')
    expect(localStorage.getItem(`nsm:${writeKey}`)).toBeNull()
    await vi.waitFor(() =>
      expect(other.outcomes).toContainEqual(['dropped', { ids: expect.arrayContaining([b]), reason: 'denied' }]),
    )
    expect(one.outcomes).toContainEqual(['dropped', { ids: expect.arrayContaining([a]), reason: 'denied' }])
    await vi.waitFor(async () =>
      expect(await indexedDB.databases()).not.toContainEqual(expect.objectContaining({ name: `nsm:${writeKey}` })),
    )
    const id = one.track('c')
    await one.flush()
    await vi.waitFor(() =>
      expect(one.outcomes).toContainEqual(['ignored', { ids: [id], reason: 'denied', error: 'denied' }]),
    )
    expect(log).toEqual([])
  })

  it('is denied by Global Privacy Control, unless told otherwise', async () => {
    const said = vi.spyOn(console, 'debug').mockImplementation(() => {})
    vi.stubGlobal('navigator', { language: 'en', globalPrivacyControl: true })
    const one = tracker()
    one.track('a')
    await one.flush()
    expect(log).toEqual([])
    expect(said).toHaveBeenCalledOnce()
    const told = tracker({ consent: 'granted' })
    told.track('b')
    await told.flush()
    expect(names()).toEqual(['b'])
  })
})

describe('where storage is refused', () => {
  it('events wait in memory, and one event says so', async () => {
    vi.stubGlobal('indexedDB', undefined)
    answers = [() => status(503), () => ok()]
    const one = tracker()
    one.track('a')
    await one.flush()
    one.track('b')
    await one.flush()
    expect(names()).toEqual(['a', 'b'])
    expect(log[0]?.context['seq']).toBe(0)
    expect(one.outcomes.filter(([name]) => name === 'storage').length).toBe(1)
  })
})

describe('a timed moment', () => {
  it('is one event with the seconds it was seen', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] })
    const one = tracker()
    const stop = one.start('listened', { track: 1 })
    vi.advanceTimersByTime(40_000)
    await one.flush()
    expect(log).toEqual([])
    vi.advanceTimersByTime(2_500)
    const id = stop({ full: true })
    await one.flush()
    expect(log).toMatchObject([
      { messageId: id, event: 'listened', properties: { track: 1, full: true, seconds: 42.5 }, context: { seq: 1 } },
    ])
    vi.advanceTimersByTime(DAY)
    await tracker().flush()
    expect(log.length).toBe(1)
  })

  it('does not count the time the page was hidden', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] })
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(false)
    const one = tracker()
    const stop = one.start('listened')
    vi.advanceTimersByTime(10_000)
    hidden.mockReturnValue(true)
    dispatchEvent(new Event('visibilitychange'))
    vi.advanceTimersByTime(60_000)
    hidden.mockReturnValue(false)
    dispatchEvent(new Event('visibilitychange'))
    vi.advanceTimersByTime(5_000)
    stop()
    await one.flush()
    expect(log[0]?.properties).toEqual({ seconds: 15 })
  })

  it('of a page that crashed is found by the next, at most one beat short', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] })
    const crashed = tracker()
    crashed.start('listened')
    vi.advanceTimersByTime(50_000)
    await crashed.flush()
    vi.clearAllTimers()
    vi.setSystemTime(Date.now() + 3 * 60_000)
    await tracker().flush()
    expect(log).toMatchObject([{ event: 'listened', properties: { seconds: 45 } }])
  })
})

describe('an empty queue', () => {
  it('has no timer, and a full one has', async () => {
    const armed = vi.spyOn(globalThis, 'setTimeout')
    const cleared = vi.spyOn(globalThis, 'clearTimeout')
    const one = tracker()
    /** Timers of its own that are set and not yet cleared. */
    const own = () => {
      const gone = new Set(cleared.mock.calls.map(([timer]) => timer))
      return armed.mock.calls.filter(([, ms], at) => (ms ?? 0) >= 2_000 && !gone.has(armed.mock.results[at]?.value))
    }
    await one.flush()
    expect(own()).toEqual([])
    one.track('a')
    await vi.waitFor(() => expect(own().length).toBe(1))
    await one.flush()
    expect(own()).toEqual([])
  })
})
