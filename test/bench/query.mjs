// npm run bench -- query [--ten] [--hundred]: what metrics cost at 1 M, 10 M, 100 M events, beside SQL written by hand.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { run as execute } from '../../.dev/exec.mjs'

const MILLION = 1_000_000

/**
 * `--ten` and `--hundred` ask for 10 M and 100 M events instead of 1 M, `--events N` for any number. With `--store FOLDER`
 * the store is kept there, and what is there is measured again (with the late events of the last time in it).
 */
export async function run(args) {
  const flag = { type: 'boolean', default: false }
  const text = { type: 'string' }
  const { values } = parseArgs({ args, options: { ten: flag, hundred: flag, events: text, store: text } })
  const asked = [values.ten && 10 * MILLION, values.hundred && 100 * MILLION, Number(values.events)].filter(Boolean)
  for (const events of asked.length > 0 ? asked : [MILLION]) {
    const folder = values.store ?? mkdtempSync(join(tmpdir(), 'nsm-bench-'))
    try {
      console.info(`\n${events.toLocaleString('en')} events in 52 weeks`)
      if (!existsSync(join(folder, 'metadata'))) await step('make.mjs', folder, String(events))
      await step('measure.mjs', folder)
    } finally {
      if (!values.store) rmSync(folder, { recursive: true, force: true })
    }
  }
}

function step(file, ...args) {
  return execute('node', [fileURLToPath(new URL(`query/${file}`, import.meta.url)), ...args])
}
