import type { Grain, Point } from '@nsm/schema'
import { EngineError } from '../../errors.js'
import type { CompiledMetric, CompiledTree } from '../../metrics/compiled.js'
import type { Slice } from '../../plan/interval.js'
import { stateOf } from '../../plan/period-state.js'
import { type Evaluated, evaluate } from '../../query/index.js'
import type { MetricValue } from '../../sql/leaf.js'
import type { Store } from '../../store/index.js'

/** Metrics to compute for the same slices, in one go. */
interface ReadRequest {
  metrics: readonly CompiledMetric[]
  slices: readonly Slice[]
  /** Only what was received by then; UTC instant, ms. */
  asOf: number
  segment?: string | undefined
}

/** One point a slice. */
export interface Answer {
  points: Point[]
  segments?: Record<string, Point[]>
  ignored: Record<string, number>
}

/** Reads metrics from a store; one that cannot be computed does not keep the others from it. */
export type Read = (request: ReadRequest) => Promise<Map<string, Answer | Error>>

/** A way to read the metrics of a tree at one grain. */
export function reader(store: Store, compiled: CompiledTree, grain: Grain): Read {
  const { calendar } = compiled.tree
  const compute = async (request: ReadRequest, metrics: readonly CompiledMetric[]) => {
    const { slices, asOf, segment } = request
    return evaluate(store, compiled, { metrics, grain, slices, asOf, segment })
  }
  const toAnswer = (
    id: string,
    { points, segments, ignored }: Evaluated,
    { slices, asOf }: ReadRequest,
    frames: readonly Pick<Point, 'period' | 'start' | 'end'>[],
  ): Answer => {
    const { plan } = compiled.metric(id)
    const states = slices.map(({ period }) => stateOf(calendar, grain, plan, period, asOf))
    const print = (halves: readonly MetricValue[]): Point[] =>
      frames.map((frame, i) => ({ ...frame, value: null, ...halves[i], state: states[i] as Point['state'] }))
    return {
      points: print(points),
      ...(segments && {
        segments: Object.fromEntries([...segments].map(([value, halves]) => [value, print(halves)])),
      }),
      ignored,
    }
  }
  return async (request) => {
    const evaluated = await eachOrAll(request.metrics, (metrics) => compute(request, metrics))
    const frames = request.slices.map(({ period: { id, start, end } }) => ({
      period: id,
      start: new Date(start).toISOString(),
      end: new Date(end).toISOString(),
    }))
    return new Map(
      [...evaluated].map(([id, found]) => [id, found instanceof Error ? found : toAnswer(id, found, request, frames)]),
    )
  }
}

/**
 * Computes all metrics together, because they share what is read; when that fails, one by one, to know which one it is.
 * @throws what `compute` throws, when it is the store or when it fails for every metric.
 */
async function eachOrAll<T>(
  metrics: readonly CompiledMetric[],
  compute: (metrics: readonly CompiledMetric[]) => Promise<Map<string, T>>,
): Promise<Map<string, T | Error>> {
  try {
    return await compute(metrics)
  } catch (together) {
    const found = new Map<string, T | Error>()
    for (const metric of metrics) {
      const { id } = metric
      try {
        found.set(id, (await compute([metric])).get(id) as T)
      } catch (alone) {
        if (!(alone instanceof Error) || (alone instanceof EngineError && alone.code === 'store_unreachable'))
          throw alone
        found.set(id, alone)
      }
    }
    if ([...found.values()].every((one) => one instanceof Error)) throw together
    return found
  }
}
