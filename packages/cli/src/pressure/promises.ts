import { reviewOf } from '@nsm/engine/calendar'
import type { Tree } from '@nsm/schema'
import { northStars } from './north-stars.js'
import type { Warning } from './warning.js'

const HALLWAY_CHARACTERS = 120

/** Warns about a north star that reacts late: money, churn or lifetime value. */
export function laggingIndicator(tree: Tree): Warning[] {
  return northStars(tree).flatMap(({ id, path, metric }) => {
    const text = `${id.replaceAll('_', ' ')} ${metric.title}`.toLowerCase()
    const what =
      tree.revenue?.metric === id
        ? 'is the revenue metric'
        : typeof metric.unit === 'string' && metric.unit.startsWith('currency:')
          ? 'is money'
          : /\bchurn(ed)?\b/.test(text)
            ? 'is churn'
            : /\b(life ?time value|ltv|clv)\b/.test(text)
              ? 'is lifetime value'
              : undefined
    if (!what) return []
    return [
      {
        code: 'lagging_indicator',
        path,
        message: `"${metric.title}" ${what}: by the time it moves, the cause is months old.`,
        advice:
          'Choose something customers do before they pay or leave, and keep this metric under "revenue" to see whether it follows.',
      },
    ]
  })
}

/** Warns when nothing prevents raising the number without giving customers more value. */
export function gameable(tree: Tree): Warning[] {
  const warnings: Warning[] = []
  if (tree.guardrails.length === 0) {
    warnings.push({
      code: 'gameable',
      path: 'guardrails',
      message: 'There are no guardrails, so the north star could rise at the expense of something nobody watches.',
      advice: 'Add a metric that would suffer, such as complaints per value moment, and give it a limit.',
    })
  }
  if (!tree.decision?.pressure?.gaming) {
    warnings.push({
      code: 'gameable',
      path: 'decision.pressure.gaming',
      message: 'The tree does not say how the number could go up without customers getting more value.',
      advice: 'Describe the cheapest way to game it, and which guardrail would catch that.',
    })
  }
  return warnings
}

/** Warns when the north star has no pitch short enough to remember. */
export function tooComplex(tree: Tree): Warning[] {
  const hallway = tree.decision?.pressure?.hallway?.trim() ?? ''
  if (hallway !== '' && hallway.length <= HALLWAY_CHARACTERS) return []
  return [
    {
      code: 'too_complex',
      path: 'decision.pressure.hallway',
      message:
        hallway === ''
          ? 'The tree has no one-sentence pitch for the north star.'
          : `The one-sentence pitch has ${hallway.length} characters. People remember about ${HALLWAY_CHARACTERS} at most.`,
      advice: 'Say it as you would to a colleague in the hallway. If you can’t, the metric is too complex.',
    },
  ]
}

/** Warns when nothing connects the north star to revenue. */
export function noRevenue(tree: Tree): Warning[] {
  if (tree.revenue || tree.decision?.pressure?.revenue) return []
  return [
    {
      code: 'no_revenue',
      path: 'revenue',
      message: 'The north star is not connected to revenue, so nobody can tell whether the business grows with it.',
      advice: 'Set the revenue metric under "revenue", or explain under "decision.pressure.revenue" why there is none.',
    },
  ]
}

/** Warns when the tree's review date has passed. */
export function reviewOverdue(tree: Tree, today: string): Warning[] {
  const review = reviewOf(tree, today)
  if (!review?.overdue) return []
  return [
    {
      code: 'review_overdue',
      path: 'review',
      message: `The tree was due for review on ${review.due}.`,
      advice: 'Review it, then set "review.adopted" to that date.',
    },
  ]
}
