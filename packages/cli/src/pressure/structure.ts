import type { Tree } from '@nsm/schema'
import { northStars, partsOf, reachedFrom } from './north-stars.js'
import type { Warning } from './warning.js'

const FEWEST_INPUTS = 2
const MOST_INPUTS = 5

/** Warns about a north star with too few inputs to explain it, or too many to keep in mind. */
export function notDecomposable(tree: Tree): Warning[] {
  return northStars(tree).flatMap(({ path, metric }) => {
    const parts = partsOf(metric)
    const inputs = parts.length > 0 ? parts : metric.drivers
    if (inputs.length >= FEWEST_INPUTS && inputs.length <= MOST_INPUTS) return []
    const few = inputs.length < FEWEST_INPUTS
    return [
      {
        code: 'not_decomposable',
        path: `${path}.${parts.length > 0 || inputs.length === 0 ? 'formula' : 'drivers'}`,
        message: `"${metric.title}" has ${inputs.length} direct input${inputs.length === 1 ? '' : 's'}, ${few ? 'too few to explain why it moves' : 'more than people can keep in mind'}.`,
        advice: few
          ? `Write it under "formula" as a product or sum of ${FEWEST_INPUTS} to ${MOST_INPUTS} metrics.`
          : `Group them so that ${FEWEST_INPUTS} to ${MOST_INPUTS} direct inputs remain, each with its own inputs.`,
      },
    ]
  })
}

/** Warns about a metric without an owner. */
export function noOwner(tree: Tree): Warning[] {
  return [...reachedFrom(tree, tree.northStar)].flatMap((id) => {
    const metric = tree.metrics[id]
    if (!metric || metric.owner) return []
    return [
      {
        code: 'no_owner',
        path: `metrics.${id}.owner`,
        message: `"${metric.title}" has no owner, so nobody is accountable for it.`,
        advice: 'Name the person or team responsible for it.',
      },
    ]
  })
}

/** Warns about a guardrail without a limit. */
export function noLimit(tree: Tree): Warning[] {
  return tree.guardrails.flatMap((id) => {
    const metric = tree.metrics[id]
    if (!metric || metric.limit) return []
    return [
      {
        code: 'no_limit',
        path: `metrics.${id}.limit`,
        message: `The guardrail "${metric.title}" has no limit, so nobody can tell when it is breached.`,
        advice: `Add a "limit" with ${metric.direction === 'down' ? '"max"' : '"min"'}.`,
      },
    ]
  })
}

/** Warns about a metric that isn't connected to a north star, a guardrail, revenue or a candidate of the decision. */
export function orphanMetric(tree: Tree): Warning[] {
  const candidates = tree.decision?.candidates.flatMap(({ metric }) => metric ?? []) ?? []
  const roots = [...tree.northStar, ...tree.guardrails, ...(tree.revenue ? [tree.revenue.metric] : []), ...candidates]
  const reached = reachedFrom(tree, roots)
  return Object.entries(tree.metrics).flatMap(([id, { title }]) =>
    reached.has(id)
      ? []
      : [
          {
            code: 'orphan_metric' as const,
            path: `metrics.${id}`,
            message: `"${title}" is not connected to any north star.`,
            advice:
              'Add it to the "formula" or "drivers" of a metric that it moves, make it a guardrail, or remove it.',
          },
        ],
  )
}
