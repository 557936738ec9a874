import { deepEqual, doesNotMatch, equal, match, rejects } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root, run } from './exec.mjs'
import { nativePackages, packageFolders } from './natives.mjs'
import { platformRefusal } from './platform.mjs'

const platforms = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openbsd', 'sunos', 'win32'].flatMap((platform) =>
  ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'].flatMap((arch) =>
    (platform === 'linux' ? ['glibc', 'musl'] : [null]).map((libc) => ({ platform, arch, libc })),
  ),
)

test('nsm runs on exactly the platforms that chDB publishes an engine for', () => {
  const [chdb] = packageFolders(root, 'chdb')
  const { optionalDependencies } = JSON.parse(readFileSync(join(chdb, 'package.json'), 'utf8'))
  const accepted = platforms.filter((platform) => platformRefusal(platform) === null)
  deepEqual(
    accepted.flatMap((platform) => nativePackages(optionalDependencies, platform)).sort(),
    Object.keys(optionalDependencies).sort(),
  )
  equal(accepted.length, Object.keys(optionalDependencies).length)
})

test('a platform without an engine is told so in one sentence with a way out', () => {
  const cases = [
    [{ platform: 'win32', arch: 'x64', libc: null }, /^nsm does not run on Windows x64, because .*; use WSL 2\.$/],
    [{ platform: 'linux', arch: 'x64', libc: 'musl' }, /^nsm does not run on Linux x64 with musl, .* Debian container/],
    [{ platform: 'linux', arch: 'riscv64', libc: 'glibc' }, /^nsm does not run on Linux riscv64, /],
    [{ platform: 'freebsd', arch: 'x64', libc: null }, /^nsm does not run on FreeBSD x64, /],
  ]
  for (const [platform, sentence] of cases) match(platformRefusal(platform), sentence)
})

test('a command on a platform without an engine says so before it installs or starts anything', async () => {
  const windows = 'data:text/javascript,Object.defineProperty(process, "platform", { value: "win32" })'
  for (const script of [['run.mjs', 'lint'], ['start.mjs'], ['test.mjs']]) {
    const [file, ...args] = script
    const command = run(process.execPath, ['--import', windows, join(root, '.dev', file), ...args], { quiet: true })
    await rejects(command, ({ message }) => {
      match(message, /nsm does not run on Windows/)
      doesNotMatch(message, /Installing|Building/)
      return true
    })
  }
})
