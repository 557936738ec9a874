import './require-node.mjs'
import { spawn } from 'node:child_process'
import { root } from './exec.mjs'
import { build, install } from './workspace.mjs'

const EXAMPLES_PORT = Number(process.env.NSM_EXAMPLES_PORT ?? 4601)
const SERVICE_PORT = Number(process.env.NSM_PORT ?? 4600)
const SERVICE = `http://127.0.0.1:${SERVICE_PORT}`

try {
  await install()
  await build()
  await main()
} catch (error) {
  console.error(error.message)
  process.exit(1)
}

async function main() {
  const examples = await openExamples(SERVICE)
  // A service that already listens there would answer in place of the one that cannot start.
  const taken = await fetch(SERVICE).catch(() => null)
  const service = spawn(
    process.execPath,
    [
      'packages/cli/bin/nsm.js',
      'serve',
      '--tree',
      'examples/script-tag/northstar.json',
      '--port',
      String(SERVICE_PORT),
    ],
    { cwd: root, stdio: 'inherit' },
  )
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => service.kill(signal))
  const ended = new Promise((resolve) => service.on('exit', (code) => resolve(code ?? 0)))
  const outcome = await (taken ? ended : Promise.race([ready(`${SERVICE}/readyz`), ended]))
  if (outcome !== 'ready') process.exit(outcome)

  console.info(`
  The product page   ${examples}/script-tag/     click, and a value moment is tracked
  The dashboard      ${SERVICE}/                where the card moves
  The same, your own ${examples}/dashboard/      a page that embeds the card
`)
  process.exit(await ended)
}

/** Resolves once the service is ready for events and reports. If it cannot start, it says why itself. */
async function ready(url) {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return 'ready'
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Serves the example pages and returns their address. Their calls go to the given service. */
async function openExamples(service) {
  // Imports a package that only the install brings.
  const { serveExamples } = await import('./examples.mjs')
  try {
    return (await serveExamples(service, EXAMPLES_PORT)).url
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error
    throw new Error(`Port ${EXAMPLES_PORT} is taken; choose another for the example pages with NSM_EXAMPLES_PORT.`)
  }
}
