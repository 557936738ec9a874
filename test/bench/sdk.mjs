// npm run bench -- sdk: what our tracker weighs and costs, beside others, built by one bundler and run in one browser.
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { ensureBrowser } from '../../.dev/browser.mjs'
import { build, run as execute, install } from '../../.dev/workspace.mjs'
import { bundle, shipped, sizes, whole } from './sdk/build.mjs'
import { startEndpoint } from './sdk/endpoint.mjs'
import { measure } from './sdk/measure.mjs'
import { table } from './table.mjs'

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
const RUNS = 3

/** Prints both tables. `--sizes` leaves the second out. */
export async function run(args) {
  await install()
  await build()
  await installPeers()
  const bundles = new Map()
  for (const name of ['nsm', ...Object.keys(peers)]) bundles.set(name, await bundle(name))
  await printSizes(bundles)
  if (!args.includes('--sizes')) await printCosts(bundles)
}

function installPeers() {
  const folder = fileURLToPath(new URL('peers', import.meta.url))
  const pnpm = ['exec', '--yes', '--package=pnpm@12.21.0', '--', 'pnpm', '--dir', folder]
  return execute('npm', [...pnpm, 'install', '--ignore-workspace', '--ignore-scripts', '--frozen-lockfile'], {
    quiet: true,
  })
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

async function printCosts(bundles) {
  const endpoint = await startEndpoint(new Map([...bundles.values()].flatMap(({ files }) => [...files])))
  const browser = await chromium.launch({
    executablePath: await ensureBrowser('chromium'),
    args: ['--no-sandbox', '--disable-background-networking', '--enable-precise-memory-info'],
  })
  const runs = new Map()
  for (let i = 0; i < RUNS; i++) {
    for (const name of [null, ...bundles.keys()]) {
      const costs = await measure(browser, endpoint, name)
      runs.set(name, [...(runs.get(name) ?? []), costs])
    }
  }
  const median = (name, cost) =>
    runs
      .get(name)
      .map((costs) => costs[cost])
      .sort((a, b) => a - b)[RUNS >> 1]
  const net = (name, cost) => median(name, cost) - median(null, cost)
  const rows = [...bundles.keys()].map((name) => [
    peers[name] ?? '@nsm/sdk',
    {
      'script at load, ms': round(median(name, 'script')),
      'track() p50, ms': round(median(name, 'p50')),
      'track() p99, ms': round(median(name, 'p99')),
      'task an event, ms': round(net(name, 'task')),
      '× Plausible': round(net(name, 'task') / net('plausible', 'task')),
      'task of one alone, ms': round(net(name, 'alone')),
      '× Plausible ': round(net(name, 'alone') / net('plausible', 'alone')),
      'heap, kB': Math.round(net(name, 'heap') / 1000),
      'requests an event': round(median(name, 'requests')),
    },
  ])
  console.info(`\nChromium ${browser.version()}, 4 × CPU throttle, ${cpus().length} cores, median of ${RUNS} runs:`)
  console.info('300 events, one every 20 ms; then single events, each delivered before the next. Less the empty loop.')
  console.info(table(rows))
  await browser.close()
  endpoint.close()
}

const round = (value) => Number(value.toPrecision(3))
