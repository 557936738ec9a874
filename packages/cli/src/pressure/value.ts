import type { Tree } from '@nsm/schema'
import { countedBy, eventsOf, northStars } from './north-stars.js'
import type { Warning } from './warning.js'

/** Things that grow with attention rather than value, as titles and event names spell them. */
const VANITY: readonly [RegExp, string][] = [
  [/\b(sign ?ups?|signed up|registrations?|registered|accounts? created|user created)\b/, 'sign-ups'],
  [/\b(downloads?|downloaded|installs?|installed|installations?)\b/, 'downloads or installs'],
  [/\b(page ?views?|page viewed|impressions?|hits)\b/, 'page views'],
  [/\b(app opens?|app opened|opened app|launches|launched|log ?ins?|logged in)\b/, 'app opens'],
  [/\b(notifications?|push(es)?|mails?|emails?) (sent|delivered)\b/, 'notifications sent'],
]

/** Warns about a north star that counts attention or activity. Conversions and ratios that start from it are fine. */
export function vanityMetric(tree: Tree): Warning[] {
  return northStars(tree).flatMap(({ id, path, metric }) => {
    const { definition } = metric
    if (!['count', 'sum', 'unique', 'stock'].includes(definition.kind)) return []
    const names = [id, metric.title, ...eventsOf(definition)]
    if (eventsOf(definition).every((event) => event === '$page' || event === '$screen')) names.push('page views')
    const found = VANITY.find(([pattern]) => names.some((name) => pattern.test(words(name))))
    if (!found) return []
    return [
      {
        code: 'vanity_metric',
        path,
        message: `"${metric.title}" counts ${found[1]}. It can grow without anyone getting value.`,
        advice: 'Count the moment when a customer gets what they came for, and keep this metric as an input.',
      },
    ]
  })
}

/** Warns about a north star that reads no value moment. */
export function noValueEvent(tree: Tree): Warning[] {
  return northStars(tree).flatMap(({ id, path, metric }) => {
    const events = countedBy(tree, id).flatMap(eventsOf)
    if (events.some((event) => tree.events[event]?.value)) return []
    return [
      {
        code: 'no_value_event',
        path,
        message: `None of the events behind "${metric.title}" is marked as a value moment, so it may only measure activity.`,
        advice: 'Set "value": true on the event that gives customers value, or count a different event.',
      },
    ]
  })
}

/** Warns about a north star that can only grow. */
export function cumulativeMetric(tree: Tree): Warning[] {
  return northStars(tree).flatMap(({ id, path, metric }) => {
    if (metric.definition.kind === 'ratio') return []
    const found = countedBy(tree, id).find(
      (definition) =>
        ('window' in definition &&
          definition.window === 'all' &&
          ['count', 'sum', 'unique'].includes(definition.kind)) ||
        (definition.kind === 'stock' && !definition.state && !definition.sum && !definition.expires),
    )
    if (!found) return []
    const way =
      found.kind === 'stock'
        ? 'Set the "state" that counts, or when it "expires".'
        : 'Remove "window": "all" so that each period is counted on its own.'
    return [
      {
        code: 'cumulative_metric',
        path: `${path}.definition`,
        message: `"${metric.title}" can never fall, so it looks healthy even if nobody uses the product anymore.`,
        advice: way,
      },
    ]
  })
}

/** `signUp`, `sign_up` and `Sign-up` as the same words. */
function words(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z]+/g, ' ')
    .toLowerCase()
}
