import type { Point, QueryRequest, QueryResult, Tree } from '@nsm/schema'
import { type Period, type PeriodGrain, periods } from '../calendar/index.js'
import { compileTree } from '../metrics/compile-tree.js'
import { stateOf } from '../plan/period-state.js'
import type { Plan } from '../plan/plan.js'
import type { MetricValue } from '../sql/leaf.js'
import type { Store } from '../store/index.js'
import { evaluate } from './evaluate.js'

/**
 * One metric over a range of local dates, as `nsm query --json` prints it.
 *
 * @param now ms; what `asOf` is when the request has none
 * @throws EngineError `unknown_metric`, `unknown_segment`, `invalid_range`.
 *
 * @example
 * await query(store, tree, { metric: 'teams_20_plus', grain: 'week', from: '2026-03-02', to: '2026-03-15' }, Date.now())
 */
export async function query(store: Store, tree: Tree, request: QueryRequest, now: number): Promise<QueryResult> {
  const { metric, grain, from, to, segment } = request
  const asOf = request.asOf === undefined ? now : Date.parse(request.asOf)
  const compiled = compileTree(tree)
  const asked = compiled.metric(metric)
  const interval = periods(tree.calendar, grain, from, to)
  const slices = interval.map((period) => ({ period }))
  const evaluated = (await evaluate(store, compiled, { metrics: [asked], grain, slices, asOf, segment })).get(metric)
  const print = (halves: readonly MetricValue[] = []) => toPoints(tree, grain, asked.plan, interval, halves, asOf)
  const ignored = evaluated?.ignored ?? {}
  return {
    metric,
    kind: asked.metric.definition.kind,
    grain,
    timeZone: tree.calendar.timezone,
    asOf: new Date(asOf).toISOString(),
    points: print(evaluated?.points),
    ...(evaluated?.segments && {
      segments: Object.fromEntries([...evaluated.segments].map(([value, halves]) => [value, print(halves)])),
    }),
    ...(Object.keys(ignored).length > 0 && { ignored }),
  }
}

function toPoints(
  tree: Tree,
  grain: PeriodGrain,
  plan: Plan,
  interval: readonly Period[],
  halves: readonly MetricValue[],
  asOf: number,
): Point[] {
  return interval.map((period, i) => ({
    period: period.id,
    start: new Date(period.start).toISOString(),
    end: new Date(period.end).toISOString(),
    value: null,
    ...halves[i],
    state: stateOf(tree.calendar, grain, plan, period, asOf),
  }))
}
