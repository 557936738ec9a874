import { createColors } from 'picocolors'

export type Colors = ReturnType<typeof createColors>

/** Where a command reads and writes, and what it may know of the world. Tests bring their own. */
export interface Terminal {
  input: AsyncIterable<Uint8Array>
  /** The answer: standard output. */
  print(text: string): void
  /** Everything else: standard error. */
  note(text: string): void
  /** Columns of the screen; undefined where the answer goes into a file or a pipe. */
  width: number | undefined
  /** Whether a person watches standard error, so that progress may be drawn over itself. */
  watched: boolean
  /** For the answer; plain where it is no terminal. */
  colors: Colors
  /** What the process ends with when nothing is thrown: 0, or 1 where the answer is no. */
  exitCode: 0 | 1
  /** ms since the epoch. */
  now(): number
}

/** The terminal of this process. `NO_COLOR` (no-color.org) and `FORCE_COLOR` are honoured. */
export function processTerminal(input: AsyncIterable<Uint8Array>): Terminal {
  const { stdout, stderr, env } = process
  // A reader that has seen enough (`nsm query | head`) is fine.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  const colored = env['NO_COLOR'] ? false : Boolean(env['FORCE_COLOR']) || (stdout.isTTY && env['TERM'] !== 'dumb')
  return {
    input,
    print: (text) => stdout.write(`${text}\n`),
    note: (text) => stderr.write(text),
    width: stdout.isTTY ? stdout.columns : undefined,
    watched: Boolean(stderr.isTTY),
    colors: createColors(colored),
    exitCode: 0,
    now: () => Date.now(),
  }
}
