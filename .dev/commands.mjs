import { ensureBrowser } from './browser.mjs'
import { run } from './exec.mjs'
import { build, install } from './workspace.mjs'

/**
 * What `npm run NAME` does: `needs` is what has to be there first, in this order, and `run` gets the further arguments
 * and the options of `run` in exec.mjs.
 */
export const commands = {
  build: { needs: [install], run: build },
  types: { needs: [install], run: tool('tsc', '-b', 'packages', 'test', 'examples/app') },
  lint: { needs: [install], run: tool('biome', 'check', '--error-on-warnings', '.') },
  format: { needs: [install], run: tool('biome', 'check', '--write', '.') },
  // The packages import each other as a product would: from what is built.
  boundaries: {
    needs: [install, build],
    run: tool('depcruise', 'packages', 'examples', 'test', '--config', '.dependency-cruiser.cjs'),
  },
  'dead-code': { needs: [install, build], run: tool('knip', '--config', '.knip.json', '--no-config-hints') },
  'package-lint': { needs: [install, build], run: tool('node', '.dev/package-lint.mjs') },
  'setup-test': {
    needs: [install],
    run: tool(
      'node',
      '--test',
      '--test-reporter=spec',
      '.dev/platform.test.mjs',
      '.dev/natives.test.mjs',
      '.dev/prose.test.mjs',
    ),
  },
  prose: { needs: [install], run: prose },
  unit: { needs: [install, build], run: vitest() },
  faults: { needs: [install, build, browsers], run: vitest('--project', 'faults') },
  fuzz: { needs: [install, build], run: fuzz },
  bench: { needs: [install, build], run: tool('node', 'test/bench/run.mjs') },
}

/** Installs the browsers. Only Chromium is required outside CI; the tests of the others are then left out. */
export async function browsers() {
  await ensureBrowser('chromium')
  for (const name of ['firefox', 'webkit']) {
    await ensureBrowser(name).catch((error) => {
      if (process.env.CI) throw error
      console.warn(error.message)
    })
  }
}

/** The spelling of everything people read, and phrases that read as translated. */
async function prose(more, options) {
  await tool('cspell', 'lint', '--no-progress', '--no-summary', '--config', '.cspell.json', '.')(more, options)
  await tool('node', '.dev/prose.mjs')([], options)
}

function tool(program, ...args) {
  return (more = [], options = {}) => run(program, [...args, ...more], options)
}

function vitest(...args) {
  return tool('vitest', 'run', '--config', 'test/vitest.config.ts', ...args)
}

/** The randomized tests with a new seed and many more cases. The seed is drawn here, so one seed repeats the whole run. */
async function fuzz(more = []) {
  const { NSM_SEED: asked = 'random', NSM_CASES: cases = '2000' } = process.env
  const seed = asked === 'random' ? String(Math.floor(Math.random() * 2 ** 31)) : asked
  const again = [`NSM_SEED=${seed}`, `NSM_CASES=${cases}`, 'npm run fuzz', ...(more.length > 0 ? ['--', ...more] : [])]
  console.info(`To repeat this run: ${again.join(' ')}`)
  const env = { NSM_SEED: seed, NSM_CASES: cases }
  try {
    await vitest('--project', 'node', '--project', 'oracle')(more, { env })
  } finally {
    console.info(`To repeat this run: ${again.join(' ')}`)
  }
}
