import 'fake-indexeddb/auto'
import { messageSchema } from '@nsm/schema'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTracker } from './tracker.js'
import type { Message } from './types/message.js'
import type { Consent, Options } from './types/options.js'
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

/** How many events lie in the database. */
const stored = () =>
  new Promise<number>((resolve, reject) => {
    const opening = indexedDB.open(`nsm:${writeKey}`)
    opening.onerror = reject
    opening.onsuccess = () => {
      const database = opening.result
      const counting = database.transaction('outbox').objectStore('outbox').count()
      counting.onsuccess = () => {
        database.close()
        resolve(counting.result)
      }
    }
  })

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

  it('loses the property that cannot be written, not the others', async () => {
    const one = tracker()
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    one.register({ loop, seats: 3n })
    one.track('circle', { loop, plan: 'pro' })
    one.identify('u1', { loop, plan: 'pro' })
    await one.flush()
    expect(log).toMatchObject([{ properties: { seats: '3', plan: 'pro' } }, { userId: 'u1', traits: { plan: 'pro' } }])
    expect(log[0]?.properties).not.toHaveProperty('loop')
  })

  it('has its properties as they were when it was tracked', async () => {
    const one = tracker()
    const cart = { items: [1] }
    one.track('cart', cart)
    cart.items.push(2)
    one.track('cart', cart)
    await one.flush()
    expect(log.map(({ properties }) => properties?.['items'])).toEqual([[1], [1, 2]])
  })

  it('at an invalid time is ignored, and says so', async () => {
    const one = tracker()
    const id = one.track('never', {}, { timestamp: 'yesterday' })
    await one.flush()
    expect(log).toEqual([])
    expect(one.outcomes).toMatchObject([['ignored', { ids: [id], reason: 'invalid' }]])
  })

  it('of a page with Prototype.js arrives as it is', async () => {
    const arrays = Array.prototype as { toJSON?: () => string }
    arrays.toJSON = () => '"an array"'
    try {
      const one = tracker()
      one.track('a', { list: [1, 2] })
      await one.flush()
      expect(log).toMatchObject([{ properties: { list: [1, 2] } }])
    } finally {
      delete arrays.toJSON
    }
  })
})

describe('an id', () => {
  const bad = ['', 'x'.repeat(201), { id: 7 }, null, undefined, true] as string[]

  it.each(bad)('%j is told once, and nothing changes', async (id) => {
    const one = tracker()
    one.identify('u1')
    one.group('team', 't1')
    const ids = [one.identify(id), one.group('team', id), one.group(id), one.group(id, 'g1'), one.alias(id)]
    await one.flush()
    const next = tracker()
    next.track('a')
    await next.flush()
    expect(one.outcomes.filter(([name]) => name === 'ignored')).toMatchObject(
      ids.map((id) => ['ignored', { ids: [id], reason: 'invalid' }]),
    )
    expect(log.map(({ type, userId, context }) => [type, userId, context['groups'], context['groupId']])).toEqual([
      ['identify', 'u1', {}, undefined],
      ['group', 'u1', { team: 't1' }, undefined],
      ['track', 'u1', { team: 't1' }, undefined],
    ])
  })

  it('of a message may be left empty, and not be something else', async () => {
    const one = tracker()
    const minted = one.track('a', {}, { messageId: '' })
    const refused = one.track('b', {}, { messageId: 'x'.repeat(201) })
    await one.flush()
    expect(minted).toMatch(/^[\da-f-]{36}$/)
    expect(names()).toEqual(['a'])
    expect(one.outcomes).toContainEqual(['ignored', expect.objectContaining({ ids: [refused], reason: 'invalid' })])
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

  it('is dropped after a week of an open page, and says so', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    answers = [() => status(503)]
    const one = tracker()
    const id = one.track('old')
    await one.flush()
    answers = [() => ok()]
    vi.advanceTimersByTime(8 * DAY)
    one.track('new')
    await one.flush()
    expect(names()).toEqual(['new'])
    expect(one.outcomes).toContainEqual(['dropped', { ids: [id], reason: 'age' }])
  })

  it('is gone when its copy has arrived, although that was before it was written', async () => {
    vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    const one = tracker()
    one.track('a')
    await vi.waitFor(() => expect(one.outcomes.map(([name]) => name)).toEqual(['sent']))
    await vi.waitFor(async () => expect(await stored()).toBe(0))
    await one.flush()
    expect(names()).toEqual(['a'])
  })

  it('in a database that somebody deletes is sent all the same', async () => {
    answers = [() => status(503), () => ok()]
    const one = tracker()
    one.track('a')
    await one.flush()
    await new Promise((resolve) => {
      indexedDB.deleteDatabase(`nsm:${writeKey}`).onsuccess = resolve
    })
    one.track('b')
    await one.flush()
    expect(names()).toEqual(['a', 'b'])
  })
})

describe('a clock', () => {
  const YEAR = 365 * DAY

  it.each([8 * DAY, 40 * DAY, 3 * YEAR, -8 * DAY, -3 * YEAR])(
    'that jumps by %d ms while the collector fails loses nothing and stops nothing',
    async (jump) => {
      vi.useFakeTimers({ toFake: ['Date'] })
      for (const failure of [500, 401]) {
        answers = [() => status(failure), () => ok()]
        const one = tracker()
        one.track('before')
        await one.flush()
        vi.setSystemTime(Date.now() + jump)
        const next = tracker()
        next.track('after')
        await next.flush()
        // A wrong key is a pause of five minutes, whatever the clock says.
        vi.setSystemTime(Date.now() + 300_000)
        await next.flush()
        expect(one.outcomes.filter(([name]) => name === 'dropped')).toEqual([])
      }
      expect(names()).toEqual(['before', 'after', 'before', 'after'])
    },
  )

  it('that was ahead when the collector asked for a pause makes it no longer', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const right = Date.now()
    vi.setSystemTime(right + YEAR)
    answers = [() => status(429, { 'Retry-After': '60' }), () => ok()]
    const one = tracker()
    one.track('a')
    await one.flush()
    vi.setSystemTime(right)
    const next = tracker()
    await next.flush()
    expect(names()).toEqual([])
    vi.setSystemTime(right + 61_000)
    await next.flush()
    expect(names()).toEqual(['a'])
  })

  it('that was ahead at a plain failure makes no pause at all', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const right = Date.now()
    vi.setSystemTime(right + YEAR)
    answers = [() => status(500), () => ok()]
    const one = tracker()
    one.track('a')
    await one.flush()
    vi.setSystemTime(right)
    await tracker().flush()
    expect(names()).toEqual(['a'])
  })

  it('that was ahead holds no timed event back', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] })
    const right = Date.now()
    vi.setSystemTime(right + YEAR)
    const crashed = tracker()
    crashed.start('listened')
    await crashed.flush()
    vi.clearAllTimers()
    vi.setSystemTime(right)
    await tracker().flush()
    expect(names()).toEqual(['listened'])
  })

  it('never makes a timer that fires at once', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const armed = vi.spyOn(globalThis, 'setTimeout')
    answers = [() => status(503, { 'Retry-After': '1e99' })]
    const one = tracker()
    one.track('a')
    await one.flush()
    vi.setSystemTime(Date.now() - 40 * DAY)
    one.track('b')
    await one.flush()
    for (const [, ms] of armed.mock.calls) expect(ms).toBeLessThan(2 ** 31)
    expect(bodies.length).toBe(1)
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
    await vi.waitFor(() => expect(localStorage.getItem(`nsm:${writeKey}`)).toBe('{"consent":"denied"}'))
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

  it.each<[Consent[], sent: string[]]>([
    [
      ['denied', 'granted'],
      ['0', '2'],
    ],
    [
      ['denied', 'pending', 'granted'],
      ['0', '2', '3'],
    ],
    [
      ['pending', 'denied', 'granted'],
      ['0', '1', '3'],
    ],
    [
      ['pending', 'granted'],
      ['0', '1', '2'],
    ],
    [['denied', 'granted', 'denied'], ['0']],
    [
      ['denied', 'granted', 'denied', 'granted'],
      ['0', '2', '4'],
    ],
  ])('%j in one task: what is allowed goes, and what is not says so', async (decisions, allowed) => {
    const one = tracker()
    const events = new Map([[one.track('0'), '0']])
    await one.flush()
    for (const [i, decision] of decisions.entries()) {
      one.consent(decision)
      events.set(one.track(String(i + 1)), String(i + 1))
    }
    await one.flush()
    const told = () =>
      one.outcomes.flatMap(([name, detail]) =>
        name === 'ignored' || name === 'dropped' ? (detail as Outcomes['dropped']).ids.map((id) => events.get(id)) : [],
      )
    // After the last decision nothing is left that could change.
    await vi.waitFor(() => expect([...names(), ...told()].sort()).toEqual([...events.values()]))
    expect(names()).toEqual(allowed)
  })

  it('that is no word for it changes nothing, and the console says so', async () => {
    const said = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const one = tracker()
    one.consent('maybe' as Consent)
    one.track('a')
    await one.flush()
    expect(names()).toEqual(['a'])
    expect(said).toHaveBeenCalledExactlyOnceWith('nsm: consent', 'maybe')
  })

  it('withdrawn and given again, over and over: each event arrives, or is told', async () => {
    const ids: string[] = []
    const told: string[] = []
    for (let visit = 0; visit < 20; visit++) {
      const one = tracker()
      for (const name of ['ignored', 'dropped'] as const) one.on(name, (detail) => told.push(...detail.ids))
      one.consent('denied')
      one.consent('granted')
      ids.push(one.track('value_moment'))
    }
    await tracker().flush()
    expect(new Set(log.map(({ anonymousId }) => anonymousId)).size).toBe(1)
    await vi.waitFor(() => expect(new Set([...log.map(({ messageId }) => messageId), ...told])).toEqual(new Set(ids)))
  })

  it('is remembered by the pages to come, until it changes', async () => {
    tracker().consent('denied')
    // The next page is another task.
    await null
    const second = tracker()
    const id = second.track('a')
    await vi.waitFor(() => expect(second.outcomes).toMatchObject([['ignored', { ids: [id], reason: 'denied' }]]))
    second.consent('granted')
    const third = tracker({ consent: 'pending' })
    third.track('b')
    await third.flush()
    third.identify('u1')
    await third.flush()
    const fourth = tracker({ consent: 'pending' })
    fourth.track('c')
    await fourth.flush()
    // Two trackers may send the same event here, where there are no locks.
    const once = [...new Map(log.map((event) => [event.messageId, event])).values()]
    expect(once).toMatchObject([{ event: 'b' }, { type: 'identify' }, { event: 'c', userId: 'u1' }])
    third.consent('pending')
    expect(localStorage.getItem(`nsm:${writeKey}`)).toBe('{"consent":"pending"}')
  })

  it('decided before init counts, and is remembered', async () => {
    const one = createTracker()
    one.consent('denied')
    const refused = one.track('a')
    const outcomes: object[] = []
    one.on('ignored', (detail) => outcomes.push(detail))
    one.consent('granted')
    one.track('b')
    one.init({ writeKey, endpoint: 'https://collector.example', consent: 'denied' })
    await one.flush()
    const next = tracker({ consent: 'denied' })
    next.track('c')
    await next.flush()
    expect(names()).toEqual(['b', 'c'])
    expect(outcomes).toMatchObject([{ ids: [refused], reason: 'denied' }])
  })

  it('given in another tab goes for this one', async () => {
    const [one, other] = [tracker({ consent: 'pending' }), tracker({ consent: 'pending' })]
    other.track('a')
    one.consent('granted')
    await vi.waitFor(() => expect(names()).toEqual(['a']))
  })

  it('denied tells of what pages left that are gone', async () => {
    answers = [() => status(503)]
    const gone = tracker()
    const id = gone.track('a')
    await gone.flush()
    gone.on('dropped', () => {})
    const one = tracker({ consent: 'pending' })
    one.consent('denied')
    await vi.waitFor(() => expect(one.outcomes).toEqual([['dropped', { ids: [id], reason: 'denied' }]]))
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
