import { parseTree } from '@nsm/schema'

const people = { bot: { not: true } }
const sent = { event: 'message_sent', where: people }
const opened = { event: 'opened' }

const definitions = {
  count: { kind: 'count', ...sent },
  sum: { kind: 'sum', event: 'purchase', property: 'amount' },
  unique: { kind: 'unique', of: 'user', ...sent },
  unique_with_anonymous: { kind: 'unique', of: 'user', event: '$page' },
  having: { kind: 'unique', of: 'team', ...sent, having: { count: { gte: 20 } } },
  having_days: { kind: 'unique', of: 'user', ...sent, having: { days: { gte: 2 } } },
  rolling_28d: { kind: 'unique', of: 'user', ...sent, window: '28d' },
  lifecycle_new: { kind: 'unique', of: 'user', ...sent, lifecycle: 'new' },
  lifecycle_returning: { kind: 'unique', of: 'user', ...sent, lifecycle: 'returning' },
  lifecycle_resurrected: { kind: 'unique', of: 'user', ...sent, lifecycle: 'resurrected' },
  average: { kind: 'average', ...sent, property: 'length', stat: 'mean' },
  average_p90: { kind: 'average', ...sent, per: 'user', measure: 'count', stat: 'p90' },
  ratio: { kind: 'ratio', numerator: 'count', denominator: 'having' },
  conversion: { kind: 'conversion', of: 'user', from: opened, to: { event: 'purchase' }, within: '7d' },
  retention: { kind: 'retention', of: 'user', from: opened, to: { event: 'message_sent' }, after: 1 },
  stock: { kind: 'stock', of: 'user', ...opened, state: { plan: ['pro', 'team'] }, expires: '30d' },
  derived: { kind: 'derived' },
  report_rate: { kind: 'ratio', numerator: { kind: 'count', event: 'reported' }, denominator: 'count' },
}
const more = { derived: { formula: { sum: ['count', ['sum', -0.5]] } } }

const events = {
  sum: 'purchase',
  unique_with_anonymous: '$page',
  conversion: 'opened',
  retention: 'opened',
  stock: 'opened',
  report_rate: 'reported',
}
/** The name of an event that a metric counts. */
export const eventOf = (metric) => events[metric] ?? 'message_sent'

/** One north star, five inputs, two guardrails. */
const REPORT = {
  northStar: ['having'],
  inputs: ['count', 'unique', 'ratio', 'sum', 'unique_with_anonymous'],
  guardrails: ['report_rate', 'conversion'],
}

function treeOf(ids) {
  const metrics = ids.map((id) => [id, { title: id, definition: definitions[id], ...more[id] }])
  const tree = parseTree({
    version: 1,
    product: 'Bench',
    calendar: { timezone: 'UTC' },
    entities: { team: {} },
    events: { message_sent: { value: true }, opened: {}, purchase: {}, reported: {}, $page: {} },
    northStar: REPORT.northStar,
    guardrails: REPORT.guardrails,
    metrics: Object.fromEntries(metrics),
  })
  if (!tree.ok) throw new Error(JSON.stringify(tree.problems))
  return tree.value
}

/** A metric of every kind. */
export const KINDS = treeOf(Object.keys(definitions))
/** What a product's report is made of. */
export const PRODUCT = treeOf([...REPORT.northStar, ...REPORT.inputs, ...REPORT.guardrails])
