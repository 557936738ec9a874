import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'

/**
 * Standard input, read by a separate process. The embedded engine also reads standard input and would take what is there
 * for rows of its own inserts, so this leaves nothing for it to find.
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

/** Replaces standard input with /dev/null, for a command that doesn't read it. Keeps a terminal. */
export function leaveStandardInput(): void {
  if (isatty(0)) return
  closeSync(0)
  // This gets the lowest free descriptor, which is the one just closed.
  openSync('/dev/null', 'r')
}
