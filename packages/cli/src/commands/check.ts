import { localDate } from '@nsm/engine/calendar'
import type { Problem, Tree } from '@nsm/schema'
import { parseTreeFile } from '@nsm/server/tree'
import { Command } from 'commander'
import { jsonOption, treeOption } from '../options.js'
import { pressureTest } from '../pressure/pressure-test.js'
import type { Warning } from '../pressure/warning.js'
import type { Terminal } from '../terminal/terminal.js'
import { lineOf } from '../tree/locate.js'
import { treeAtRevision } from '../tree/tree-at-revision.js'

interface Flags {
  tree: string
  against?: string
  strict?: boolean
  json?: boolean
}

/** `nsm check`: checks that the tree is valid, and warns of weaknesses. */
export function checkCommand(terminal: Terminal): Command {
  return new Command('check')
    .description('check that the metric tree is valid and well designed')
    .addOption(treeOption())
    .option(
      '--against <revision>',
      'a git revision; warn if a north star has been redefined since then without a reason',
    )
    .option('--strict', 'treat warnings as errors')
    .addOption(jsonOption())
    .addHelpText('after', '\nExit codes: 0 valid, 1 errors (or warnings, with --strict), 2 incorrect usage.')
    .action(async ({ tree: path, against, strict, json }: Flags) => {
      const { text, parsed } = await parseTreeFile(path)
      const located = <P extends Problem>(problem: P) => ({ ...problem, line: lineOf(text, problem.path) })
      const errors = parsed.ok ? [] : parsed.problems.map(located)
      const warnings = parsed.ok ? (await warningsOf(parsed.value, path, against, terminal)).map(located) : []
      terminal.print(json ? JSON.stringify({ errors, warnings }) : describe(path, errors, warnings, terminal))
      if (errors.length > 0 || (strict && warnings.length > 0)) terminal.exitCode = 1
    })
}

async function warningsOf(
  tree: Tree,
  path: string,
  against: string | undefined,
  terminal: Terminal,
): Promise<Warning[]> {
  const today = localDate(tree.calendar.timezone, terminal.now()).toString()
  const warnings = pressureTest(tree, today)
  if (against === undefined) return warnings
  const { definitionChanged } = await import('../pressure/definition-changed.js')
  return [...warnings, ...definitionChanged(tree, await treeAtRevision(path, against), today)]
}

type Located<P extends Problem> = P & { line: number }

function describe(
  path: string,
  errors: Located<Problem>[],
  warnings: Located<Warning>[],
  { colors }: Terminal,
): string {
  const { bold, red, yellow, green, dim } = colors
  if (errors.length === 0 && warnings.length === 0) return `${green('✓')} ${path} is valid. No warnings.`
  const place = ({ line, path: at }: Located<Problem>) => `${dim(`${path}:${line}`)} ${bold(at)}`.trimEnd()
  const blocks = [
    ...errors.map((error) => `${red('✗')} ${place(error)}\n  ${error.message}`),
    ...warnings.map((warning) => `${yellow('!')} ${place(warning)}\n  ${warning.message}\n  ${dim(warning.advice)}`),
  ]
  const total =
    errors.length > 0
      ? `${path} has ${count(errors.length, 'error')}.`
      : `${path} is valid, with ${count(warnings.length, 'warning')}.`
  return [...blocks, total].join('\n\n')
}

const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`
