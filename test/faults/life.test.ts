import { env } from 'node:process'
import { SEED } from '../seed.js'
import { lead } from './life/device.js'
import { judge } from './life/law.js'
import { describeLife, planLife } from './life/plan.js'
import { describeEntries } from './life/timeline.js'
import { scenario } from './world.js'

const LIVES = Number(env['NSM_LIVES'] ?? 0)
const elsewhere = LIVES ? Math.ceil(LIVES / 10) : 2
const lives = { chromium: LIVES || 6, firefox: elsewhere, webkit: elsewhere }

for (const browser of ['chromium', 'firefox', 'webkit'] as const) {
  scenario(
    'a life with faults, jumping clocks and changes of mind: each event arrives or is told',
    [browser],
    async (world, expect) => {
      const life = planLife(world.seed)
      const steps = describeLife(life)
      const remains = await lead(life, world, expect)
      // A page that is gone may have sent a copy that is still on its way.
      const standing = async () => judge(await remains(), world.collector.lines())
      try {
        await expect.poll(standing, { timeout: 3_000, interval: 50, message: steps }).toEqual([])
      } catch (error) {
        const again = `NSM_SEED=${SEED} NSM_LIVES=200 npm run faults -- life -t "${browser}, seed ${world.seed}\\)"`
        console.error(`To lead this life again: ${again}\n${describeEntries((await remains()).entries)}`)
        throw error
      }
    },
    { seeds: lives[browser] },
  )
}
