import { createHash } from 'node:crypto'
import { type Definition, definitionIds, formulaIds, type Having, type Metric } from '@nsm/schema'
import type { CompiledTree } from './compiled.js'

/**
 * A stable hash of all that decides a metric's numbers: its definition, the definitions it refers to, the calendar, what
 * the tree excludes, and where the ids of its entities stand. Titles, owners, goals and the order of keys do not change it.
 *
 * @returns 64 hexadecimal digits (SHA-256 of canonical JSON)
 * @throws EngineError `unknown_metric`
 */
export function definitionHash(compiled: CompiledTree, metricId: string): string {
  const { tree } = compiled
  const referred = new Map<string, unknown>()
  const entities = new Map<string, string | undefined>()
  const visit = (id: string, { definition, formula }: Metric) => {
    if (referred.has(id)) return
    // A derived metric is its arithmetic; for any other, `formula` is only a check.
    referred.set(id, definition.kind === 'derived' ? { definition, formula } : { definition })
    for (const name of entityNames(definition)) entities.set(name, tree.entities[name]?.id)
    const next = definition.kind === 'derived' && formula ? formulaIds(formula) : definitionIds(definition)
    for (const other of next) visit(other, compiled.metric(other).metric)
  }
  visit(metricId, compiled.metric(metricId).metric)
  // The metric's own id is no part of its meaning, so that renaming it leaves the hash alone.
  const { [metricId]: own, ...others } = Object.fromEntries(referred)
  const meaning = {
    own,
    others,
    calendar: tree.calendar,
    exclude: tree.exclude,
    entities: Object.fromEntries(entities),
  }
  return createHash('sha256').update(canonicalJSON(meaning)).digest('hex')
}

/** JSON with the keys of every object in code unit order, and without `undefined`. */
export function canonicalJSON(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** Every name in a definition that could be an entity's; properties among them do no harm. */
function entityNames(definition: Definition): string[] {
  switch (definition.kind) {
    case 'count':
    case 'sum':
      return havingNames(definition.having)
    case 'unique':
      return [definition.of, ...havingNames(definition.having)]
    case 'average': {
      const { per, measure, having } = definition
      const counted = typeof measure === 'object' && 'unique' in measure ? [measure.unique] : []
      return [...(per === undefined ? [] : [per]), ...counted, ...havingNames(having)]
    }
    case 'conversion':
    case 'retention':
      return [definition.of, ...havingNames(definition.from.having), ...havingNames(definition.to.having)]
    case 'stock':
      return [definition.of]
    case 'ratio':
      return [definition.numerator, definition.denominator].flatMap((part) =>
        typeof part === 'string' ? [] : entityNames(part),
      )
    case 'derived':
      return []
  }
}

function havingNames(having: Having | undefined): string[] {
  return [having?.by, having?.unique?.property].filter((name) => name !== undefined)
}
