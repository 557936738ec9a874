import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './exec.mjs'

/** Packs the tracker as npm would, and lets two linters check that every kind of consumer finds its code and types. */
const folder = mkdtempSync(join(tmpdir(), 'nsm-pack-'))
try {
  call('npm', ['pack', '--silent', '--pack-destination', folder], join(root, 'packages/sdk'))
  const tarball = join(folder, readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? '')
  call(join(root, 'node_modules/.bin/publint'), ['run', tarball, '--strict'])
  // The package is ESM only; everything else has to resolve everywhere.
  call(join(root, 'node_modules/.bin/attw'), [tarball, '--profile', 'esm-only'])
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function call(command, args, cwd = root) {
  execFileSync(command, args, { cwd, stdio: 'inherit' })
}
