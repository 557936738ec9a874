import { query, type ReportOptions, report, type Store } from '@nsm/engine'
import type { Event, QueryRequest, Tree } from '@nsm/schema'
import { differ } from './against-report.js'
import type { Difference } from './compare.js'
import { printDifferences, printEvents, printMetrics } from './print.js'
import { storeOf } from './run.js'

/** A question to a store. */
export type Ask = { report: ReportOptions } | { query: QueryRequest; now: number }

/** Events that come to a store in one delivery, and what it is asked then. */
export interface Stage {
  events: Event[]
  asks: Ask[]
}

interface Found {
  stage: number
  ask: Ask
  differences: Difference[]
}

/**
 * Asks one store at every stage, and for every answer a store that was just made of the same events: what is remembered
 * must not show. Returns the first answer that differs, made small and printed.
 */
export async function unlikeAFreshStore(tree: Tree, stages: readonly Stage[]): Promise<string | undefined> {
  const found = await firstUnlike(tree, stages)
  if (!found) return undefined
  const small = await shrinkStages(tree, stages.slice(0, found.stage + 1))
  const again = (await firstUnlike(tree, small)) as Found
  return print(tree, small, again)
}

async function firstUnlike(tree: Tree, stages: readonly Stage[]): Promise<Found | undefined> {
  const store = await storeOf()
  const soFar: Event[] = []
  try {
    for (const [stage, { events, asks }] of stages.entries()) {
      await store.insert(events)
      soFar.push(...events)
      for (const ask of asks) {
        const fresh = await storeOf(soFar)
        const differences = differ('', await answer(fresh, tree, ask), await answer(store, tree, ask))
        await fresh.close()
        if (differences.length > 0) return { stage, ask, differences }
      }
    }
    return undefined
  } finally {
    await store.close()
  }
}

function answer(store: Store, tree: Tree, ask: Ask): Promise<unknown> {
  return 'report' in ask ? report(store, tree, ask.report) : query(store, tree, ask.query, ask.now)
}

const MOST_ATTEMPTS = 100

/** Fewer questions, then fewer events: halves before single ones. */
async function shrinkStages(tree: Tree, stages: readonly Stage[]): Promise<readonly Stage[]> {
  let best = stages
  let attempts = 0
  const lessOf = async (key: 'asks' | 'events') => {
    for (let i = 0; i < best.length; i++) {
      for (let size = best[i]?.[key].length ?? 0; size >= 1; size = Math.floor(size / 2)) {
        for (let at = 0; at < (best[i]?.[key].length ?? 0); ) {
          const candidate = best.map((stage, s) =>
            s === i ? { ...stage, [key]: stage[key].filter((_, n) => n < at || n >= at + size) } : stage,
          )
          if (++attempts <= MOST_ATTEMPTS && (await firstUnlike(tree, candidate))) best = candidate
          else at += size
        }
      }
    }
  }
  await lessOf('asks')
  await lessOf('events')
  return best
}

function print(tree: Tree, stages: readonly Stage[], { ask, differences }: Found): string {
  const lines = printMetrics(tree)
  for (const { events, asks } of stages) {
    lines.push('', ...printEvents(events), ...asks.map((asked) => `asked     ${JSON.stringify(asked)}`))
  }
  lines.push('', `the last answer to ${JSON.stringify(ask)}`)
  lines.push(...printDifferences(differences, ['differs at', 'a fresh store says', 'this one says']))
  return lines.join('\n')
}
