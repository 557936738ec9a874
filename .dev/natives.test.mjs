import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { pnpm, root, run } from './exec.mjs'
import { addMissingNatives, nativePackages } from './natives.mjs'
import { thisPlatform } from './platform.mjs'
import { installInto } from './workspace.mjs'

const { rollup } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies

let folder
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nsm-natives-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('Rollup works after an install whose lock file lacks its native package for this platform', async () => {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { rollup } }))
  writeFileSync(join(folder, 'entry.js'), 'export const answer = 6 * 7')
  await pnpm(['install', '--lockfile-only'], folder)
  const lockFile = join(folder, 'pnpm-lock.yaml')
  const lacking = withoutNative(readFileSync(lockFile, 'utf8'))
  writeFileSync(lockFile, lacking)

  await pnpm(['install', '--frozen-lockfile'], folder)
  const bundle = () => run(join(folder, 'node_modules/.bin/rollup'), ['entry.js'], { quiet: true, cwd: folder })
  await rejects(bundle, /Cannot find module @rollup\/rollup-/)

  await installInto(folder)
  match(await bundle(), /answer/)
  equal(readFileSync(lockFile, 'utf8'), lacking)
})

test('a native package that cannot be fetched fails the set-up and is named', async () => {
  const parent = join(folder, 'node_modules/.pnpm/parent@1.0.0/node_modules/parent')
  mkdirSync(parent, { recursive: true })
  const { platform, arch } = thisPlatform()
  const native = `@nsm/no-such-package-${platform}-${arch}`
  writeFileSync(
    join(parent, 'package.json'),
    JSON.stringify({ name: 'parent', version: '1.0.0', optionalDependencies: { [native]: '1.0.0' } }),
  )
  await rejects(addMissingNatives(folder), new RegExp(native))
})

test('the native package of a platform is known by its name', () => {
  const named = {
    '@esbuild/linux-x64': '1.0.0',
    '@rollup/rollup-linux-x64-gnu': '1.0.0',
    '@rollup/rollup-linux-x64-musl': '1.0.0',
    '@rollup/rollup-darwin-arm64': '1.0.0',
    'lightningcss-linux-arm64-gnu': '1.0.0',
    fsevents: '1.0.0',
  }
  deepEqual(nativePackages(named, { platform: 'linux', arch: 'x64' }), [
    '@esbuild/linux-x64',
    '@rollup/rollup-linux-x64-gnu',
  ])
  deepEqual(nativePackages(named, { platform: 'darwin', arch: 'arm64' }), ['@rollup/rollup-darwin-arm64'])
  deepEqual(nativePackages(named, { platform: 'darwin', arch: 'x64' }), [])
})

/** The lock file's text without every mention of Rollup's native package for this platform. */
function withoutNative(text) {
  const { platform, arch } = thisPlatform()
  const native = `@rollup/rollup-${platform}-${arch}`
  const blocks = text.split('\n\n').filter((block) => !block.startsWith(`  '${native}`))
  return blocks
    .map((block) =>
      block
        .split('\n')
        .filter((line) => !line.includes(`'${native}`))
        .join('\n'),
    )
    .join('\n\n')
}
