import './require-node.mjs'
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { build, install, root } from './workspace.mjs'

const EXAMPLES_PORT = Number(process.env.NSM_EXAMPLES_PORT ?? 4601)
const SERVICE_PORT = Number(process.env.NSM_PORT ?? 4600)

try {
  await install()
  await build()
  await main()
} catch (error) {
  console.error(error.message)
  process.exit(1)
}

async function main() {
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
  const outcome = await Promise.race([ready(`http://127.0.0.1:${SERVICE_PORT}/readyz`), ended])
  if (outcome !== 'ready') process.exit(outcome)

  const examples = await serveExamples()
  console.info(`
  The product page   ${examples}/script-tag/     click, and a value moment is tracked
  The dashboard      http://127.0.0.1:${SERVICE_PORT}/                where the card moves
  The same, your own ${examples}/dashboard/      a page that embeds the card

  Ctrl+C stops it.
`)
  process.exit(await ended)
}

/** Resolves once the service answers that it takes events and reports. The service says itself what goes wrong. */
async function ready(url) {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return 'ready'
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Serves the examples from another origin than the service, as a product's own site is. */
async function serveExamples() {
  const { default: sirv } = await import('sirv')
  const server = createServer(sirv(join(root, 'examples'), { dev: true }))
  await new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${EXAMPLES_PORT} is taken; choose another for the example pages with NSM_EXAMPLES_PORT.`)
          : error,
      ),
    )
    server.listen(EXAMPLES_PORT, '127.0.0.1', resolve)
  })
  return `http://127.0.0.1:${EXAMPLES_PORT}`
}
