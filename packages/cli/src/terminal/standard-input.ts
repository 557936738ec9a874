import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'

/**
 * What comes in at standard input, read by a process of its own: the embedded engine looks there, too, and takes what
 * waits for rows of its own inserts. Once this is read, and by {@link leaveStandardInput}, nothing waits there.
 */
export async function* standardInput(): AsyncGenerator<Uint8Array> {
  const cat = spawn('cat', { stdio: ['inherit', 'pipe', 'inherit'] })
  leaveStandardInput()
  try {
    yield* cat.stdout
  } finally {
    cat.kill()
  }
}

/** Puts nothing in the place of standard input, for a command that does not read it. A terminal stays. */
export function leaveStandardInput(): void {
  if (isatty(0)) return
  closeSync(0)
  // Takes the lowest free number, which is the one just freed.
  openSync('/dev/null', 'r')
}
