import './require-node.mjs'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, install, run } from './workspace.mjs'

const results = join(tmpdir(), `nsm-test-${process.pid}.json`)

const steps = [
  ['set-up', install],
  ['build', build],
  ['types', () => run('tsc', ['-b', 'packages', 'test', 'examples/app'])],
  ['lint', () => run('biome', ['check', '--error-on-warnings', '.'])],
  ['boundaries', () => run('depcruise', ['packages', 'examples', 'test', '--config', '.dependency-cruiser.cjs'])],
  ['dead code', () => run('knip', ['--config', '.knip.json', '--no-config-hints'])],
  ['package', () => run('node', ['.dev/package-lint.mjs'])],
  ['browsers', browsers],
  [
    'tests',
    () =>
      run('vitest', [
        'run',
        '--config=test/vitest.config.ts',
        '--reporter=default',
        '--reporter=json',
        `--outputFile=${results}`,
      ]),
  ],
]

const started = Date.now()
for (const [name, step] of steps) {
  const from = Date.now()
  console.info(`\n── ${name}`)
  try {
    await step()
  } catch (error) {
    console.error(error.message)
    console.error(`\n${name} failed after ${seconds(from)}.`)
    process.exit(1)
  }
  console.info(`── ${name}: ${seconds(from)}`)
}

const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(results, 'utf8'))
console.info(`\nAll of it took ${seconds(started)}.`)
console.info(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`)

/** Without Chromium there is little to test; without the others, what is tested in them is left out, and said so. */
async function browsers() {
  const { ensureBrowser } = await import('./browser.mjs')
  await ensureBrowser('chromium')
  for (const name of ['firefox', 'webkit']) {
    await ensureBrowser(name).catch((error) => {
      if (process.env.CI) throw error
      console.warn(error.message)
    })
  }
}

function seconds(from) {
  return `${((Date.now() - from) / 1000).toFixed(1)} s`
}
