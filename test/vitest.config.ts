import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))
const packages = `${root}packages`

// Tests of one package see the sources of the others, so no stale build can pass or fail them.
const sources = [
  {
    find: /^@nsm\/([a-z]+)\/(summary|calendar)$/,
    replacement: `${packages}/$1/src/$2/index.ts`,
  },
  {
    find: /^@nsm\/([a-z]+)\/([a-z-]+)$/,
    replacement: `${packages}/$1/src/$2.ts`,
  },
  { find: /^@nsm\/([a-z]+)$/, replacement: `${packages}/$1/src/index.ts` },
  { find: /^nsm$/, replacement: `${packages}/cli/src/index.ts` },
]

const project = (name: string, test: object) => ({
  resolve: { alias: sources },
  // Every core: without this one is left idle, which on a small machine is half of it.
  test: { name, root, maxWorkers: '100%', setupFiles: `${root}test/seed-fast-check.ts`, ...test },
})

// After all others, which keep every core busy. These mostly wait, so two files run at a time, each with browsers,
// profiles and ports of its own.
const browsers = { pool: 'forks', maxWorkers: 2, sequence: { groupOrder: 1 }, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    globalSetup: [`${root}test/global/seed.ts`, `${root}test/global/temporary-folder.ts`],
    projects: [
      // chDB opens one data folder a process: every file has a process of its own.
      project('node', {
        include: ['packages/{schema,engine,server,cli}/src/**/*.test.ts'],
        pool: 'forks',
        testTimeout: 120_000,
        hookTimeout: 120_000,
      }),
      project('dom', {
        include: ['packages/{sdk,card}/src/**/*.test.ts'],
        environment: 'happy-dom',
      }),
      project('conformance', {
        include: ['test/conformance/**/*.test.ts'],
        pool: 'forks',
        testTimeout: 60_000,
        hookTimeout: 60_000,
      }),
      project('oracle', {
        include: ['test/oracle/**/*.test.ts'],
        pool: 'forks',
        testTimeout: 60_000,
      }),
      // The built files against their pins.
      project('sizes', { include: ['test/sizes/**/*.test.ts'] }),
      // The built script file in a real browser.
      project('card', { include: ['test/card/**/*.test.ts'], ...browsers, testTimeout: 60_000 }),
      // The built product: real processes, real browsers.
      project('journey', { include: ['test/journey/**/*.test.ts'], ...browsers, testTimeout: 60_000 }),
      // Libraries of others against the built service.
      project('clients', { include: ['test/clients/**/*.test.ts'], ...browsers, testTimeout: 60_000 }),
      // The script file under faults in real browsers.
      project('faults', { include: ['test/{browsers,faults}/**/*.test.ts'], ...browsers, testTimeout: 120_000 }),
    ],
  },
})
