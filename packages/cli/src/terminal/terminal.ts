import { createColors } from 'picocolors'

export type Colors = ReturnType<typeof createColors>

/** A command's input, output and clock. Tests provide their own. */
export interface Terminal {
  input: AsyncIterable<Uint8Array>
  /** Writes the result to standard output. */
  print(text: string): void
  /** Writes anything else to standard error. */
  note(text: string): void
  /** Width in columns; undefined when output goes to a file or a pipe. */
  width: number | undefined
  /** Whether standard error is a terminal, where progress can redraw itself. */
  watched: boolean
  /** Colors for the result; none if it doesn't go to a terminal. */
  colors: Colors
  /** The exit code when nothing is thrown: 0 for success, 1 for failure. */
  exitCode: 0 | 1
  /** ms since the epoch. */
  now(): number
}

/** The terminal of this process. `NO_COLOR` (no-color.org) and `FORCE_COLOR` are respected. */
export function processTerminal(input: AsyncIterable<Uint8Array>): Terminal {
  const { stdout, stderr, env } = process
  // A reader may stop early, as in `nsm query | head`.
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
