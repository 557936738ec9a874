import {
  type AverageDefinition,
  type ConversionDefinition,
  type Definition,
  type Formula,
  type Grain,
  type Having,
  isEntity,
  type Metric,
  parseDuration,
  type RatioPart,
  type RetentionDefinition,
  type Step,
  type StockDefinition,
  type Threshold,
  type Tree,
  type UniqueDefinition,
} from '@nsm/schema'
import { metricIn } from '../plan/lookup.js'
import { wherePhrases } from './where-words.js'
import {
  capitalised,
  eventsNoun,
  humanise,
  joined,
  type Noun,
  namedEvents,
  number,
  plural,
  uncapitalised,
} from './words.js'

/** What a sentence is said about. */
interface Setting {
  tree: Tree
  grain: Grain
}

/**
 * How a metric is counted, in plain English and without a full stop.
 *
 * What the whole tree leaves out (`exclude`) is not repeated in every metric's sentence.
 *
 * @example
 * sentence(tree, 'teams_20_plus') // 'Teams with at least 20 messages sent in the week, bots excluded'
 * @throws EngineError `unknown_metric`
 */
export function sentence(tree: Tree, metricId: string, grain: Grain = tree.calendar.grain): string {
  return capitalised(ofMetric(metricIn(tree, metricId), { tree, grain }))
}

function ofMetric({ definition, formula }: Metric, setting: Setting): string {
  return definition.kind === 'derived' ? arithmetic(formula as Formula, setting) : ofDefinition(definition, setting)
}

function ofDefinition(definition: Definition, setting: Setting): string {
  switch (definition.kind) {
    case 'count': {
      const { many } = eventsNoun(definition.event)
      return filtered(
        [`${many} ${span(definition.window, setting)}`, ...doneBy(definition.having, definition.event, setting)],
        definition.where,
      )
    }
    case 'sum': {
      const { many } = eventsNoun(definition.event)
      const what = `total ${humanise(definition.property)} of ${many} ${span(definition.window, setting)}`
      return filtered([what, ...doneBy(definition.having, definition.event, setting)], definition.where)
    }
    case 'unique':
      return ofUnique(definition, setting)
    case 'average':
      return ofAverage(definition, setting)
    case 'ratio':
      return `${ofPart(definition.numerator, setting)}, divided by ${ofPart(definition.denominator, setting)}`
    case 'conversion':
      return ofConversion(definition, setting)
    case 'retention':
      return ofRetention(definition, setting)
    case 'stock':
      return ofStock(definition, setting)
    case 'derived':
      return 'derived from other metrics'
  }
}

function ofUnique({ of, event, having, where, window, lifecycle }: UniqueDefinition, setting: Setting): string {
  const { many } = entityNoun(of, setting)
  const what = `with ${deeds(eventsNoun(event), having, setting)}`
  const now = span(window, setting)
  const before = setting.grain === 'day' ? 'the day before' : `the ${setting.grain} before`
  switch (lifecycle) {
    case undefined:
      return filtered([`${many} ${what} ${now}`], where)
    case 'new':
      return filtered([`new ${many}: ${what} ${now}, for the first time ever`], where)
    case 'returning':
      return filtered([`returning ${many}: ${what} ${now} and in ${before} too`], where)
    case 'resurrected':
      return filtered([`resurrected ${many}: ${what} ${now}, not in ${before}, but earlier`], where)
    case 'dormant':
      return filtered([`dormant ${many}: ${what} in ${before}, but not in the ${setting.grain} itself`], where)
  }
}

function ofAverage(definition: AverageDefinition, setting: Setting): string {
  const { event, having, where, window, property, per, measure } = definition
  const { many } = eventsNoun(event)
  const stat = statName(definition.stat)
  const now = span(window, setting)
  if (per === undefined || measure === undefined) {
    const what = `${stat} ${humanise(property ?? '')} of ${many} ${now}`
    return filtered([what, ...doneBy(having, event, setting)], where)
  }
  const { one } = entityNoun(per, setting)
  const who = having ? `${one} with ${deeds(eventsNoun(event), having, setting)}` : one
  return filtered([`${stat} ${measured(measure, many, setting)} per ${who} ${now}`], where)
}

function measured(measure: NonNullable<AverageDefinition['measure']>, many: string, setting: Setting): string {
  if (measure === 'count') return `number of ${many}`
  if (measure === 'days') return `number of days with ${many}`
  if ('sum' in measure) return `total ${humanise(measure.sum)} of ${many}`
  return `number of different ${thingNoun(measure.unique, setting)} in ${many}`
}

function ofConversion({ of, from, to, within, stat }: ConversionDefinition, setting: Setting): string {
  const { one, many } = entityNoun(of, setting)
  const first = `${step(from, setting)} in the ${setting.grain}`
  const then = `${step(to, setting)} within ${duration(within)}`
  if (stat === 'median_time') return `median time from ${first} to ${then}, per ${one}`
  const who = `${many} with ${first} that had ${then}`
  return stat === 'rate' ? `share of ${who}` : who
}

function ofRetention({ of, from, to, after, mode }: RetentionDefinition, setting: Setting): string {
  const { many } = entityNoun(of, setting)
  const { grain } = setting
  const when = after === 0 ? `in the same ${grain}` : `${number(after)} ${after === 1 ? grain : `${grain}s`} later`
  const later = mode === 'on_or_after' ? `${when} or after that` : when
  return `share of ${many} with ${step(from, setting)} in a ${grain} that had ${step(to, setting)} ${later}`
}

function ofStock({ of, event, where, state, sum, expires }: StockDefinition, setting: Setting): string {
  const { many } = entityNoun(of, setting)
  const { one } = namedEvents(event)
  const says = wherePhrases(state)
  const end = `at the end of the ${setting.grain}`
  const until = expires === undefined ? [] : [`each counted for ${duration(expires)} after it`]
  if (sum !== undefined) {
    const condition = says.length > 0 ? ` where ${joined(says, 'and')}` : ''
    const what = `total ${humanise(sum)} in the latest ${one} of all ${many}${condition}, ${end}`
    return filtered([what, ...until], where)
  }
  if (says.length === 0)
    return filtered([`${many} with any ${one} by the end of the ${setting.grain}`, ...until], where)
  return filtered([`${many} whose latest ${one} says ${joined(says, 'and')}, ${end}`, ...until], where)
}

/** The titles of the metrics, joined by what is done with them. */
function arithmetic(formula: Formula, { tree }: Setting): string {
  const title = (id: string) => `“${tree.metrics[id]?.title ?? id}”`
  if ('product' in formula) return formula.product.map(title).join(' × ')
  return formula.sum
    .map(([id, weight], i) => {
      const sign = weight < 0 ? (i === 0 ? '−' : ' − ') : i === 0 ? '' : ' + '
      const size = Math.abs(weight)
      return `${sign}${size === 1 ? '' : `${number(size)} × `}${title(id)}`
    })
    .join('')
}

function ofPart(part: RatioPart, setting: Setting): string {
  if (typeof part !== 'string') return uncapitalised(ofDefinition(part, setting))
  const metric = setting.tree.metrics[part]
  if (!metric) return part
  return uncapitalised(ofMetric(metric, setting))
}

/** What an entity did to count: `at least 20 messages sent on at least 3 days`. */
function deeds(events: Noun, having: Having | undefined, setting: Setting): string {
  const { count, days, sum, unique } = having ?? {}
  const parts: string[] = []
  if (count) parts.push(`${bounds(count)} ${isOne(count) ? events.one : events.many}`)
  else if (!sum) parts.push(days || unique ? events.many : `at least one ${events.one}`)
  if (days) parts.push(`on ${bounds(days)} ${isOne(days) ? 'day' : 'days'}`)
  if (unique) parts.push(`across ${bounds(unique)} different ${thingNoun(unique.property, setting)}`)
  if (!sum) return parts.join(' ')
  const total = `total ${humanise(sum.property)} of ${bounds(sum)} from ${events.many}`
  return [...parts, total].join(count ? ' and ' : ' ').replace(/ and (on|across) /g, ' $1 ')
}

/** Whose events count, where the kind itself names no entity. */
function doneBy(having: Having | undefined, event: Step['event'], setting: Setting): string[] {
  if (!having?.by) return []
  return [`by ${entityNoun(having.by, setting).many} with ${deeds(eventsNoun(event), having, setting)}`]
}

function step({ event, having, where, first }: Step, setting: Setting): string {
  const events = eventsNoun(event)
  const filters = wherePhrases(where)
  const what = first ? `their first ${events.one}` : deeds(events, having, setting)
  return filters.length > 0 ? `${what} (${filters.join(', ')})` : what
}

function bounds({ gte, lt }: Threshold): string {
  if (gte !== undefined && lt !== undefined) return `at least ${number(gte)} and fewer than ${number(lt)}`
  if (gte !== undefined) return `at least ${gte === 1 ? 'one' : number(gte)}`
  return `fewer than ${number(lt as number)}`
}

function isOne({ gte, lt }: Threshold): boolean {
  return (lt ?? gte) === 1
}

function filtered(parts: string[], where: Step['where']): string {
  return [...parts, ...wherePhrases(where)].join(', ')
}

function span(window: string | undefined, { grain }: Setting): string {
  if (window === undefined) return `in the ${grain}`
  if (window === 'to-date') return `since the start of the ${grain}`
  const end = grain === 'day' ? 'up to and including the day' : `up to the end of the ${grain}`
  if (window === 'all') return `ever, ${end}`
  const days = Number.parseInt(window, 10)
  return `in the ${days === 1 ? 'day' : `${number(days)} days`} ${end}`
}

function duration(text: string): string {
  const { amount, unit } = parseDuration(text)
  return `${number(amount)} ${amount === 1 ? unit : `${unit}s`}`
}

function statName(stat: string): string {
  const named = { mean: 'average', median: 'median', min: 'lowest', max: 'highest' } as Record<string, string>
  return named[stat] ?? `${ordinal(stat.slice(1))} percentile of the`
}

function ordinal(text: string): string {
  const suffix = /1[123]$|[^123]$|\./.test(text) ? 'th' : ({ 1: 'st', 2: 'nd', 3: 'rd' }[text.at(-1) as '1'] ?? 'th')
  return `${text}${suffix}`
}

function entityNoun(entity: string, { tree }: Setting): Noun {
  const label = Object.hasOwn(tree.entities, entity) ? tree.entities[entity]?.label : undefined
  const one = label === undefined ? humanise(entity) : uncapitalised(label)
  return { one, many: plural(one) }
}

/** A declared entity means its id, any other name a property. */
function thingNoun(name: string, setting: Setting): string {
  return isEntity(setting.tree, name) ? entityNoun(name, setting).many : plural(humanise(name))
}
