// npm run bench -- sdk: what our tracker weighs and costs, beside others, built by one bundler and run in one browser.
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { ensureBrowser } from '../../.dev/browser.mjs'
import { pnpm } from '../../.dev/exec.mjs'
import { bundle, shipped, sizes, whole } from './sdk/build.mjs'
import { startEndpoint } from './sdk/endpoint.mjs'
import { EVENTS, GAP_MS, idle, measure, THROTTLE } from './sdk/measure.mjs'
import { table } from './sdk/table.mjs'

const peers = {
  plausible: '@plausible-analytics/tracker',
  openpanel: '@openpanel/web',
  snowplow: '@snowplow/browser-tracker',
  segment: '@segment/analytics-next',
  rudderstack: '@rudderstack/analytics-js',
  amplitude: '@amplitude/analytics-browser',
  mixpanel: 'mixpanel-browser',
  posthog: 'posthog-js',
}
const ROUNDS = 3
/** How long a tracker is watched after its last delivery. */
const IDLE_MS = 5_000

/** Prints the tables. `--sizes` leaves out what a browser is needed for. */
export async function run(args) {
  await installPeers()
  const bundles = new Map()
  for (const name of ['none', 'nsm', ...Object.keys(peers)]) bundles.set(name, await bundle(name))
  await printSizes(bundles)
  if (args.includes('--sizes')) return
  const browser = await chromium.launch({
    executablePath: await ensureBrowser('chromium'),
    args: ['--no-sandbox', '--disable-background-networking', '--enable-precise-memory-info'],
  })
  await printCosts(browser, bundles)
  await printIdle(browser, bundles)
  await browser.close()
}

function installPeers() {
  const folder = fileURLToPath(new URL('peers', import.meta.url))
  return pnpm(['install', '--ignore-workspace', '--ignore-scripts', '--frozen-lockfile'], folder)
}

async function printSizes(bundles) {
  const rows = [
    ['nsm.js, everything', await shipped('packages/sdk/dist/nsm.js')],
    ['@nsm/sdk, init + track', bundles.get('nsm').first],
    ['@nsm/sdk, all exports', (await whole('@nsm/sdk')).first],
    ['@nsm/sdk, init + track, with /auto', (await bundle('nsm-auto')).first],
    ['the stub', await shipped('packages/sdk/dist/stub.js')],
    ...Object.entries(peers).map(([name, module]) => [`${module}, init + track`, bundles.get(name).first]),
  ]
  console.info('\nSizes in bytes; `init + track` by esbuild, minified, without what a tracker loads on demand')
  console.info(table(rows.map(([name, file]) => [name, sizes(file)])))
}

const title = (name) => ({ nsm: '@nsm/sdk', none: 'a call that does nothing', ...peers })[name]
const trackers = (bundles) => [...bundles.keys()].filter((name) => name !== 'none')
const endpointFor = (bundles) => startEndpoint(new Map([...bundles.values()].flatMap(({ files }) => [...files])))

async function printCosts(browser, bundles) {
  const endpoint = await endpointFor(bundles)
  const runs = new Map([...bundles.keys()].map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, costs] of runs) costs.push(await measure(browser, endpoint, name))
  }
  endpoint.close()
  const median = (name, cost) =>
    quantile(
      runs.get(name).map((costs) => costs[cost]),
      0.5,
    )
  const net = (name, cost) => median(name, cost) - median('none', cost)
  const times = (name, cost, when = 'times') => runs.get(name).flatMap((costs) => costs[when].map((time) => time[cost]))
  const rows = [...trackers(bundles), 'none'].map((name) => [
    title(name),
    {
      'script at load': round(net(name, 'script')),
      'track() p50': round(quantile(times(name, 'call'), 0.5)),
      p99: round(quantile(times(name, 'call'), 0.99)),
      'p99 unthrottled': round(quantile(times(name, 'call', 'free'), 0.99)),
      'its task p50': round(quantile(times(name, 'whole'), 0.5)),
      'task per event': round(net(name, 'task')),
      '× Plausible': round(net(name, 'task') / net('plausible', 'task')),
      'task of one alone': round(net(name, 'alone')),
      '× Plausible ': round(net(name, 'alone') / net('plausible', 'alone')),
      'heap, kB': Math.round(net(name, 'heap') / 1000),
      'requests per event': round(median(name, 'requests')),
    },
  ])
  console.info(`
Chromium ${browser.version()}, ${THROTTLE} × CPU throttle, ${cpus().length} cores; main-thread times in ms, the median of ${ROUNDS} interleaved rounds,
less what the page costs without a tracker. ${EVENTS} events, one every ${GAP_MS} ms, until delivered; then single events, each
delivered before the next. "Its task" is the call with the microtasks that it leaves behind. The throttle stops the
page for most of a millisecond whenever it has run for a fraction of one: the last row is what that adds to any call.
`)
  console.info(table(rows))
}

async function printIdle(browser, bundles) {
  const rows = await Promise.all(
    trackers(bundles).map(async (name) => {
      // Counted by port: they are watched side by side.
      const endpoint = await endpointFor(bundles)
      const done = await idle(browser, endpoint, name, { events: 25, ms: IDLE_MS })
      endpoint.close()
      return [title(name), done]
    }),
  )
  console.info(`\nIn the ${IDLE_MS / 1_000} s from one second after the last delivery on, how many`)
  console.info(table(rows))
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length * share)]
}

const round = (value) => Number(value.toPrecision(2))
