import { randomInt } from 'node:crypto'
import { env } from 'node:process'

/** With `NSM_SEED=random`, chooses one seed for the whole run, and prints it so that the run can be repeated. */
export default function chooseSeed(): void {
  if (env['NSM_SEED'] !== 'random') return
  env['NSM_SEED'] = String(randomInt(2 ** 31))
  console.info(`NSM_SEED=${env['NSM_SEED']}`)
}
