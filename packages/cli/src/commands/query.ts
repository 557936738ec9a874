import { readTree } from '@nsm/server/tree'
import { Command, Option } from 'commander'
import { usageError } from '../failure.js'
import { eventsOption, jsonOption, storeOption, tokenOption, treeOption, urlOption } from '../options.js'
import { formatResult, headingOf } from '../query/format.js'
import { queryService } from '../query/query-service.js'
import { checkOneSource, type SourceFlags, withSource } from '../query/source.js'
import { type QueryFlags, toRequest } from '../query/to-request.js'
import type { Terminal } from '../terminal/terminal.js'

interface Flags extends QueryFlags, SourceFlags {
  tree: string
  token?: string
  json?: boolean
  explain?: boolean
}

/** `nsm query`: one metric, period by period. */
export function queryCommand(terminal: Terminal): Command {
  return new Command('query')
    .description('show one metric, period by period')
    .addOption(treeOption())
    .option('--metric <id>', 'the metric (default: the first north star)')
    .addOption(new Option('--grain <grain>', 'day, week, month, quarter or range (default: the tree’s)'))
    .option('--from <date>', 'first local day, for example 2026-03-02 (default: twelve periods back)')
    .option('--to <date>', 'last local day, inclusive (default: today, or the last event of a file)')
    .option('--as-of <instant>', 'count only events received by then, for example 2026-03-02T09:00:00Z')
    .option('--segment <id>', 'break down by a segment of the tree')
    .addOption(eventsOption())
    .addOption(storeOption())
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(jsonOption())
    .option('--explain', 'show how the metric is counted: in words, as a plan and as SQL')
    .action(async (flags: Flags) => {
      terminal.print(await answer(flags, terminal))
    })
}

async function answer(flags: Flags, terminal: Terminal): Promise<string> {
  checkOneSource(flags)
  if (flags.url !== undefined) {
    if (flags.explain)
      throw usageError('A running service can’t explain queries. Use --explain with --store or --events.')
    const { result, heading } = await queryService(flags.url, flags.token, flags, terminal.now())
    return flags.json ? JSON.stringify(result) : formatResult(result, heading, terminal)
  }
  const tree = await readTree(flags.tree)
  // Report a wrong name or date before loading anything.
  toRequest(tree, flags, terminal.now())
  return withSource(flags, terminal, async ({ store, last }) => {
    const { compileTree, explain, query } = await import('@nsm/engine')
    const request = toRequest(tree, flags, last)
    if (flags.explain) {
      const explained = await explain(store, tree, request, terminal.now())
      if (flags.json) return JSON.stringify(explained)
      return [
        explained.sentence,
        JSON.stringify(explained.plan, null, 2),
        ...explained.sql.map((sql) => `${sql};`),
      ].join('\n\n')
    }
    const result = await query(store, tree, request, terminal.now())
    if (flags.json) return JSON.stringify(result)
    return formatResult(
      result,
      headingOf(tree, request.metric, compileTree(tree).metric(request.metric).sentence()),
      terminal,
    )
  })
}
