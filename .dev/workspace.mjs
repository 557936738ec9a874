import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageManager, pnpm, root, run } from './exec.mjs'
import { addMissingNatives } from './natives.mjs'
import { platformRefusal, thisPlatform } from './platform.mjs'

/** Installs exactly what the lock file says, unless that is what is there. */
export async function install() {
  const refusal = platformRefusal(thisPlatform())
  if (refusal) throw new Error(refusal)
  const inputs = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', ...workspaceManifests()]
  await onceFor('installed', inputs, () => {
    console.info(`Installing with ${packageManager} …`)
    return installInto(root)
  })
}

/** Installs what a folder's lock file says, and the native packages of this platform that it lacks. */
export async function installInto(folder) {
  await pnpm(['install', '--frozen-lockfile'], folder)
  await addMissingNatives(folder)
}

/** Builds every package, unless its sources are those of the last build. */
export async function build() {
  const sources = readdirSync(join(root, 'packages'), { recursive: true })
    .filter((path) => /^[^/\\]+[/\\](src[/\\].+\.\w+|package\.json|tsconfig\.json)$/.test(path))
    .map((path) => join('packages', path))
  await onceFor('built', ['rollup.config.mjs', 'tsconfig.base.json', 'pnpm-lock.yaml', ...sources], async () => {
    console.info('Building …')
    await run('tsc', ['-b', 'packages'])
    await run('rollup', ['-c', '--silent'])
  })
}

function workspaceManifests() {
  return ['packages', 'examples']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name, 'package.json')))
    .concat('test/package.json')
    .filter((path) => existsSync(join(root, path)))
}

/**
 * Does the work when the inputs or the platform differ from those it was last done for: a folder may be shared with a
 * container. The mark goes with node_modules.
 */
async function onceFor(mark, inputs, work) {
  const hash = createHash('sha256').update(JSON.stringify(thisPlatform()))
  for (const path of inputs.sort())
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0')
  const digest = hash.digest('hex')
  const file = join(root, 'node_modules', `.nsm-${mark}`)
  const outputs = mark === 'built' ? existsSync(join(root, 'packages/cli/dist/index.js')) : true
  if (outputs && existsSync(file) && readFileSync(file, 'utf8') === digest) return
  await work()
  writeFileSync(file, digest)
}
