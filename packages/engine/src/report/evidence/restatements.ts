import type { MetricReport } from '@nsm/schema'
import type { LateEvents } from './late-events.js'
import type { Answer, Read } from './read.js'

/**
 * Final periods whose value is no longer the one first reported: the value as of the instant at which the period became
 * final, and the value now. Nothing has to be kept for this, because every question can be asked as of any instant.
 */
export async function restatementsOf(
  read: Read,
  late: readonly LateEvents[],
  answers: ReadonlyMap<string, Answer>,
): Promise<Map<string, MetricReport['restatements']>> {
  const together = new Map<string, LateEvents[]>()
  for (const entry of late) {
    const key = `${entry.period.id} ${entry.finalAt}`
    together.set(key, [...(together.get(key) ?? []), entry])
  }
  const firsts = new Map<LateEvents, number | null>()
  await Promise.all(
    [...together.values()].map(async (entries) => {
      const [{ period, finalAt }] = entries as [LateEvents]
      const metrics = entries.map(({ metric }) => metric)
      const then = await read({ metrics, slices: [{ period }], asOf: finalAt })
      for (const entry of entries) {
        const answer = then.get(entry.metric.id)
        if (answer && !(answer instanceof Error)) firsts.set(entry, answer.points[0]?.value ?? null)
      }
    }),
  )
  const found = new Map<string, MetricReport['restatements']>()
  for (const entry of late) {
    const { metric, period, events } = entry
    const first = firsts.get(entry)
    const now = answers.get(metric.id)?.points.find((point) => point.period === period.id)?.value ?? null
    if (first === undefined || isSame(first, now)) continue
    found.set(metric.id, [...(found.get(metric.id) ?? []), { period: period.id, first, now, events }])
  }
  return found
}

/** Sums may be added up in another order. */
function isSame(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b
  return Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b))
}
