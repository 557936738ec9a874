import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { env } from 'node:process'

/** Gives the tests a temporary folder of their own. A run that leaves anything in it fails. */
export default function useTemporaryFolder(): () => void {
  const before = env['TMPDIR']
  // Directly under /tmp, because the path of a socket has room for about 100 bytes.
  const folder = mkdtempSync('/tmp/nsm-')
  env['TMPDIR'] = folder
  return () => {
    const left = readdirSync(folder)
    rmSync(folder, { recursive: true, force: true })
    if (before === undefined) delete env['TMPDIR']
    else env['TMPDIR'] = before
    if (left.length === 0) return
    // Vitest prints an error that is thrown here, but still ends with success.
    process.exitCode = 1
    throw new Error(`The tests left ${left.length} entries in the temporary folder: ${left.sort().join(', ')}`)
  }
}
