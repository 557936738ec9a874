import { summarise, toSVG, toText } from '@nsm/card/summary'
import { GRAINS, type Grain, MAX_REPORT_PERIODS, type Report } from '@nsm/schema'
import { readTree } from '@nsm/server/tree'
import { Command, InvalidArgumentError, Option } from 'commander'
import { eventsOption, jsonOption, storeOption, tokenOption, treeOption, urlOption } from '../options.js'
import { checkOneSource, type SourceFlags, withSource } from '../query/source.js'
import { checkMetric, toAsOf } from '../query/to-request.js'
import { ask } from '../service/ask.js'
import type { Terminal } from '../terminal/terminal.js'

interface Flags extends SourceFlags {
  tree: string
  metric?: string
  grain?: Grain
  periods?: number
  asOf?: string
  token?: string
  svg?: boolean
  json?: boolean
}

/** `nsm report`: says how the north star is doing, in the card's words. */
export function reportCommand(terminal: Terminal): Command {
  return new Command('report')
    .description('say how the north star is doing')
    .addOption(treeOption())
    .option('--metric <id>', 'one metric (default: each north star)')
    .addOption(new Option('--grain <grain>', 'by day, week, month or quarter (default: the tree’s)').choices(GRAINS))
    .option('--periods <n>', 'number of periods of history', parsePeriods)
    .option('--as-of <instant>', 'the report as of then, for example 2026-03-02T09:00:00Z')
    .addOption(eventsOption())
    .addOption(storeOption())
    .addOption(urlOption())
    .addOption(tokenOption())
    .addOption(new Option('--svg', 'print one metric’s card as an SVG image').conflicts('json'))
    .addOption(jsonOption())
    .action(async (flags: Flags) => {
      const report = await readReport(flags, terminal)
      if (flags.json) terminal.print(JSON.stringify(report))
      else if (flags.svg) terminal.print(toSVG(summarise(report, flags.metric, { now: terminal.now() })))
      else terminal.print(inWords(report, flags.metric, terminal.now()))
    })
}

async function readReport(flags: Flags, terminal: Terminal): Promise<Report> {
  checkOneSource(flags)
  const { metric, grain, periods } = flags
  const asOf = flags.asOf === undefined ? undefined : toAsOf(flags.asOf)
  if (flags.url !== undefined) {
    const parameters = { metric, grain, periods: periods?.toString(), asOf }
    return (await ask({ url: flags.url, token: flags.token }, 'v1/report', parameters)) as Report
  }
  const tree = await readTree(flags.tree)
  if (metric !== undefined) checkMetric(tree, metric)
  return withSource(flags, terminal, async ({ store, known }) => {
    const { report } = await import('@nsm/engine')
    return report(store, tree, {
      // Report a file from last year as of its last receipt.
      now: known,
      ...(asOf === undefined ? {} : { asOf: Date.parse(asOf) }),
      ...(grain === undefined ? {} : { grain }),
      ...(periods === undefined ? {} : { periods }),
      ...(metric === undefined ? {} : { metric }),
    })
  })
}

/** @param now ms; an old report must not say "this week" */
function inWords(report: Report, metric: string | undefined, now: number): string {
  const metrics = metric === undefined ? report.northStar : [metric]
  return metrics.map((id) => toText(summarise(report, id, { now }))).join('\n\n')
}

function parsePeriods(text: string): number {
  const periods = Number(text)
  if (!Number.isInteger(periods) || periods < 1 || periods > MAX_REPORT_PERIODS) {
    throw new InvalidArgumentError(`Use a whole number from 1 to ${MAX_REPORT_PERIODS}.`)
  }
  return periods
}
