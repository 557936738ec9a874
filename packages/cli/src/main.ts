import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { checkCommand } from './commands/check.js'
import { importCommand } from './commands/import.js'
import { queryCommand } from './commands/query.js'
import { reportCommand } from './commands/report.js'
import { serveCommand } from './commands/serve.js'
import { typesCommand } from './commands/types.js'
import { Failure } from './failure.js'
import { leaveStandardInput, standardInput } from './terminal/standard-input.js'
import { processTerminal, type Terminal } from './terminal/terminal.js'

/** Runs `nsm` in this process and sets its exit code: 0 success, 1 failure, 2 incorrect usage. @param argv as `process.argv` */
export async function main(argv: readonly string[]): Promise<void> {
  const args = argv.slice(2)
  if (!args.some((arg) => /^(--events=)?-$/.test(arg))) leaveStandardInput()
  const input = standardInput()
  process.exitCode = await run(args, processTerminal(input))
  // Don't wait for the process that writes to it.
  void input.return(undefined)
}

/** Runs one command line and returns its exit code. @param args without the program's name */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await program(terminal).parseAsync(args, { from: 'user' })
    return terminal.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    terminal.note(`nsm: ${sentenceOf(error)}\n`)
    return exitCodeOf(error)
  }
}

function program(terminal: Terminal): Command {
  const nsm = new Command('nsm')
    .description('Track the North Star Metric of any product.')
    .version(version(), '-V, --version')
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: terminal.note,
      outputError: (text, write) => write(text.replace(/^error: /, 'nsm: ')),
    })
    .exitOverride()
  const commands = [serveCommand, queryCommand, reportCommand, importCommand, checkCommand, typesCommand]
  for (const command of commands) nsm.addCommand(command(terminal).copyInheritedSettings(nsm))
  return nsm
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}

/** Error codes from other packages that mean incorrect usage. */
const MISUSE_CODES = new Set([
  'unknown_metric',
  'unknown_segment',
  'invalid_range',
  'invalid_location',
  'keys_required',
  'tree_missing',
])

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Failure) return error.exitCode
  return MISUSE_CODES.has(codeOf(error) ?? '') ? 2 : 1
}

/** Our packages' errors are written for users. For any other error, a developer needs the stack trace. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const spoken =
    error instanceof Failure || ['EngineError', 'ServiceError', 'JournalError', 'SummaryError'].includes(error.name)
  return spoken ? error.message : (error.stack ?? error.message)
}
