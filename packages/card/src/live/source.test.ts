import type { Report } from '@nsm/schema'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { teamChat } from '../fixtures/reports.js'
import { type Ask, follow, RequestError, type Snapshot } from './source.js'

const SRC = 'https://collector.example/v1/report'
const REPORT = teamChat()

let answers: (() => Response | Promise<Response>)[]
const requests: { url: string; headers: Record<string, string> }[] = []
const stops: (() => void)[] = []
let hidden = false

const json = (report: Report = REPORT) => new Response(JSON.stringify(report))
const failure = () => new Response('', { status: 503 })

beforeEach(() => {
  vi.useFakeTimers()
  // The middle of the jitter range.
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden)
  hidden = false
  requests.length = 0
  answers = []
  vi.stubGlobal('fetch', async (url: string, { headers }: { headers: Record<string, string> }) => {
    requests.push({ url, headers })
    return (answers.shift() ?? json)()
  })
})
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

function card(ask: Partial<Ask> = {}) {
  const heard: Snapshot[] = []
  const following = follow({ src: SRC, ...ask }, (snapshot) => heard.push(snapshot))
  stops.push(following.stop)
  return { heard, ...following }
}

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000)
const see = (visible: boolean) => {
  hidden = !visible
  document.dispatchEvent(new Event('visibilitychange'))
}

it('makes one request for all cards with the same address, even ones added later', async () => {
  const [first, second] = [card(), card()]
  await pass(0)
  const third = card()
  expect(requests).toHaveLength(1)
  for (const { heard } of [first, second, third]) expect(heard.at(-1)?.report).toEqual(REPORT)
})

it('makes a separate request for another token', async () => {
  card({ token: 'rt_a' })
  card({ token: 'rt_b' })
  await pass(0)
  expect(requests.map(({ headers }) => headers['authorization'])).toEqual(['Bearer rt_a', 'Bearer rt_b'])
})

it('makes one request without a refresh interval', async () => {
  card()
  await pass(3600)
  expect(requests).toHaveLength(1)
})

it('uses the shortest refresh interval of all cards', async () => {
  card({ refresh: 60 })
  const eager = card({ refresh: 10 })
  await pass(35)
  expect(requests).toHaveLength(4)
  eager.stop()
  await pass(65)
  expect(requests.length).toBeLessThanOrEqual(6)
})

it('backs off while requests fail, keeps the last report, and recovers', async () => {
  answers = [json, failure, failure, failure]
  const { heard } = card({ refresh: 10 })
  await pass(10)
  expect(heard.at(-1)).toMatchObject({ report: REPORT, error: new RequestError(503) })
  await pass(19)
  expect(requests).toHaveLength(2)
  await pass(1)
  expect(requests).toHaveLength(3)
  await pass(40)
  expect(requests).toHaveLength(4)
  await pass(80)
  expect(heard.at(-1)?.error).toBeUndefined()
  await pass(10)
  expect(requests).toHaveLength(6)
})

it('makes no requests while the page is hidden, and one as soon as it is visible again', async () => {
  card({ refresh: 10 })
  await pass(0)
  see(false)
  await pass(600)
  expect(requests).toHaveLength(1)
  see(true)
  await pass(0)
  expect(requests).toHaveLength(2)
})

it('stops when the last card leaves', async () => {
  const [first, second] = [card({ refresh: 10 }), card({ refresh: 10 })]
  await pass(0)
  first.stop()
  second.stop()
  await pass(600)
  expect(requests).toHaveLength(1)
})

it('reads server-sent events, wherever chunks are split', async () => {
  const later = { ...REPORT, product: 'Later' }
  const bytes = new TextEncoder().encode(
    `: here\r\n\r\nevent: report\r\nid: "1"\r\ndata: ${JSON.stringify(later)}\r\n\r\nevent: other\ndata: {}\n\n`,
  )
  const stream = new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.slice(at, at + 7))
    },
  })
  answers = [json, () => new Response(stream)]
  const { heard } = card({ src: `${SRC}?grain=day`, token: 'rt_a', refresh: 'live' })
  await vi.waitFor(() => expect(heard.at(-1)?.report?.product).toBe('Later'))
  expect(requests[1]).toMatchObject({ url: `${SRC}/stream?grain=day`, headers: { authorization: 'Bearer rt_a' } })
})

it('polls if the server has no stream', async () => {
  answers = [json, () => new Response('', { status: 404 })]
  card({ refresh: 'live' })
  await pass(30)
  expect(requests.map(({ url }) => url)).toEqual([SRC, `${SRC}/stream`, SRC, SRC, SRC])
})

it('lets a page fetch the report itself', async () => {
  const fetcher = vi.fn(async () => REPORT)
  const { heard } = card({ fetcher, token: 'rt_a' })
  await pass(0)
  expect(requests).toHaveLength(0)
  expect(fetcher).toHaveBeenCalledWith(expect.objectContaining({ src: SRC, token: 'rt_a' }))
  expect(heard.at(-1)?.report).toBe(REPORT)
})
