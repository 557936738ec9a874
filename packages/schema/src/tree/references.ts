import { formatPath, type Problem } from '../problem.js'
import type { Definition, EventNames, Having, RatioPart, Step } from './definition.js'
import type { Formula, Metric } from './metric.js'
import type { Tree } from './tree.js'

type Path = (string | number)[]

/** The entities every tree has. */
export const BUILT_IN_ENTITIES = ['user', 'session'] as const

/** Whether a name is an entity of this tree, declared or built in. */
export function isEntity(tree: Pick<Tree, 'entities'>, name: string): boolean {
  return Object.hasOwn(tree.entities, name) || (BUILT_IN_ENTITIES as readonly string[]).includes(name)
}

/** The metric ids that a `formula` names, in order. */
export function formulaIds(formula: Formula): string[] {
  return 'product' in formula ? formula.product : formula.sum.map(([id]) => id)
}

/** The metric ids that a definition itself refers to (the halves of a ratio), at any depth. */
export function definitionIds(definition: Definition): string[] {
  if (definition.kind !== 'ratio') return []
  return [definition.numerator, definition.denominator].flatMap((part) =>
    typeof part === 'string' ? [part] : definitionIds(part),
  )
}

/** Everything in a well-shaped tree that refers to something which is not there, or to itself. */
export function checkReferences(tree: Tree): Problem[] {
  const problems: Problem[] = []
  const refuse = (path: Path, message: string) => problems.push({ path: formatPath(path), message })
  const needMetric = (id: string, path: Path) => {
    if (!Object.hasOwn(tree.metrics, id))
      refuse(path, `No metric "${id}" in this tree; known: ${list(Object.keys(tree.metrics))}.`)
  }
  const needEntity = (name: string, path: Path) => {
    if (!isEntity(tree, name)) {
      refuse(
        path,
        `No entity "${name}"; declare it under "entities". Known: ${list([...BUILT_IN_ENTITIES, ...Object.keys(tree.entities)])}.`,
      )
    }
  }
  const needEvents = (names: EventNames, path: Path) => {
    const all = Array.isArray(names) ? names : [names]
    all.forEach((name, i) => {
      if (name === '*' || Object.hasOwn(tree.events, name)) return
      refuse(
        Array.isArray(names) ? [...path, i] : path,
        `No event "${name}"; declare it under "events". Known: ${list(Object.keys(tree.events))}.`,
      )
    })
  }
  const checkHaving = (having: Having | undefined, path: Path, hasEntity: boolean) => {
    if (!having) return
    if (having.by !== undefined) needEntity(having.by, [...path, 'by'])
    else if (!hasEntity) refuse(path, 'Say whose doing it is with "by": this kind names no entity.')
  }
  const checkStep = (step: Step, path: Path) => {
    needEvents(step.event, [...path, 'event'])
    checkHaving(step.having, [...path, 'having'], true)
  }
  const checkPart = (part: RatioPart, path: Path) => {
    if (typeof part === 'string') needMetric(part, path)
    else checkDefinition(part, path)
  }
  const checkDefinition = (definition: Definition, path: Path) => {
    switch (definition.kind) {
      case 'count':
      case 'sum':
      case 'unique':
      case 'average': {
        const entity =
          definition.kind === 'unique' ? definition.of : definition.kind === 'average' ? definition.per : undefined
        needEvents(definition.event, [...path, 'event'])
        if (entity !== undefined) needEntity(entity, [...path, definition.kind === 'unique' ? 'of' : 'per'])
        checkHaving(definition.having, [...path, 'having'], entity !== undefined)
        break
      }
      case 'stock':
        needEntity(definition.of, [...path, 'of'])
        needEvents(definition.event, [...path, 'event'])
        break
      case 'conversion':
      case 'retention':
        needEntity(definition.of, [...path, 'of'])
        checkStep(definition.from, [...path, 'from'])
        checkStep(definition.to, [...path, 'to'])
        break
      case 'ratio':
        checkPart(definition.numerator, [...path, 'numerator'])
        checkPart(definition.denominator, [...path, 'denominator'])
        break
      case 'derived':
        break
    }
  }

  tree.northStar.forEach((id, i) => {
    needMetric(id, ['northStar', i])
    if (tree.northStar.indexOf(id) !== i) refuse(['northStar', i], `"${id}" is named twice.`)
  })
  tree.guardrails.forEach((id, i) => {
    needMetric(id, ['guardrails', i])
  })
  if (tree.revenue) needMetric(tree.revenue.metric, ['revenue', 'metric'])

  for (const [id, metric] of Object.entries(tree.metrics)) {
    const path: Path = ['metrics', id]
    checkDefinition(metric.definition, [...path, 'definition'])
    if (metric.definition.kind === 'derived' && !metric.formula) {
      refuse(path, 'A derived metric is computed from "formula"; write it, or give the metric a definition of its own.')
    }
    checkFormula(metric, path, needMetric)
    metric.drivers.forEach((driver, i) => {
      needMetric(driver, [...path, 'drivers', i])
    })
  }

  const criteria = tree.decision?.criteria.length ?? 0
  tree.decision?.candidates.forEach((candidate, i) => {
    const path: Path = ['decision', 'candidates', i]
    if (candidate.scores.length !== criteria) {
      refuse(
        [...path, 'scores'],
        `One score for each of the ${criteria} criteria is needed, and there are ${candidate.scores.length}.`,
      )
    }
    if (candidate.metric !== undefined) needMetric(candidate.metric, [...path, 'metric'])
    if (candidate.definition) checkDefinition(candidate.definition, [...path, 'definition'])
  })
  const weights = tree.decision?.weights
  if (weights && weights.length !== criteria) {
    refuse(
      ['decision', 'weights'],
      `One weight for each of the ${criteria} criteria is needed, and there are ${weights.length}.`,
    )
  }

  return [...problems, ...findCycles(tree)]
}

function checkFormula(metric: Metric, path: Path, needMetric: (id: string, path: Path) => void): void {
  if (!metric.formula) return
  const key = 'product' in metric.formula ? 'product' : 'sum'
  formulaIds(metric.formula).forEach((id, i) => {
    needMetric(id, [...path, 'formula', key, i])
  })
}

/** One problem for each cycle through ratio halves, `formula` and `drivers`, at the metric that closes it. */
function findCycles(tree: Tree): Problem[] {
  const problems: Problem[] = []
  const state = new Map<string, 'open' | 'done'>()
  const trail: string[] = []
  const visit = (id: string) => {
    const metric = Object.hasOwn(tree.metrics, id) ? tree.metrics[id] : undefined
    if (!metric || state.get(id) === 'done') return
    if (state.get(id) === 'open') {
      const loop = [...trail.slice(trail.indexOf(id)), id]
      problems.push({
        path: formatPath(['metrics', trail.at(-1) as string]),
        message: `Metrics may not depend on themselves: ${loop.join(' → ')}.`,
      })
      return
    }
    state.set(id, 'open')
    trail.push(id)
    const next = [
      ...definitionIds(metric.definition),
      ...(metric.formula ? formulaIds(metric.formula) : []),
      ...metric.drivers,
    ]
    for (const other of new Set(next)) visit(other)
    trail.pop()
    state.set(id, 'done')
  }
  for (const id of Object.keys(tree.metrics)) visit(id)
  return problems
}

function list(names: string[]): string {
  return names.length > 12 ? `${names.slice(0, 12).join(', ')}, …` : names.join(', ')
}
