import './require-node.mjs'
import { readFileSync, rmSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { browsers, commands } from './commands.mjs'
import { root } from './exec.mjs'
import { build, install } from './workspace.mjs'

/** Commands that do not depend on each other. The slow ones come first, so that none of them ends alone. */
const CHECKS = ['setup-test', 'types', 'package-lint', 'dead-code', 'boundaries', 'prose', 'lint']
const RESULTS = join(root, 'node_modules/.nsm-test-results.json')

const started = Date.now()
rmSync(RESULTS, { force: true })
try {
  await step('set-up', install)
  await step('build', build)
  await checks()
  await step('browsers', browsers)
  await step('tests', tests)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  console.info(`\nAll of it took ${seconds(started)}.`)
  printCounts()
}

/** Shows what a step prints as it does, and how long it took. */
async function step(name, work) {
  const from = Date.now()
  console.info(`\n── ${name}`)
  try {
    await work()
  } catch (error) {
    throw new Error(`${error.message}\n\n${name} failed after ${seconds(from)}.`)
  }
  console.info(`── ${name}: ${seconds(from)}`)
}

/** Runs the checks side by side, one per core. All of them end; what a failed one printed is shown in one piece. */
async function checks() {
  const waiting = [...CHECKS]
  const failed = []
  console.info('\n── checks')
  await Promise.all(cpus().map(work))
  if (failed.length > 0) throw new Error(`\nFailed: ${failed.join(', ')}.`)

  async function work() {
    for (let name = waiting.shift(); name; name = waiting.shift()) {
      const from = Date.now()
      try {
        await commands[name].run([], { quiet: true })
        console.info(`── ${name}: ${seconds(from)}`)
      } catch (error) {
        failed.push(name)
        console.error(`\n── ${name}\n${error.message}\n── ${name} failed after ${seconds(from)}.\n`)
      }
    }
  }
}

function tests() {
  return commands.unit.run(['--reporter=default', '--reporter=json', `--outputFile=${RESULTS}`])
}

/** The line that CI reads, also when tests failed. Nothing is printed where none have run. */
function printCounts() {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(RESULTS, 'utf8'))
    // A file that cannot be loaded has failed without a failed test.
    const unloaded = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
    console.info(`${numPassedTests} passed, ${numFailedTests + unloaded} failed, ${numPendingTests} skipped`)
  } catch {
    // No results: an earlier step has failed and has said so.
  } finally {
    rmSync(RESULTS, { force: true })
  }
}

function seconds(from) {
  return `${((Date.now() - from) / 1000).toFixed(1)} s`
}
