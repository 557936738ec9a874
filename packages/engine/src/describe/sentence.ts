import {
  type AverageDefinition,
  type ConversionDefinition,
  type Definition,
  type Formula,
  type Grain,
  type Having,
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
import type { CompiledTree } from '../metrics/compiled.js'
import { afterEvents, afterOthers, conditions, filterOf, inBrackets } from './where-words.js'
import { capitalized, entityNoun, eventNoun, type Forms, formFor, number, propertyName, thingNoun } from './words.js'

/** What a sentence is said about. */
interface Setting {
  tree: Tree
  grain: Grain
}

/**
 * How a metric is counted, in plain English and without a full stop.
 *
 * Events and entities are called what the tree calls them (`noun`, `label`); those without a noun are called by their
 * names, in quotes. What the whole tree leaves out (`exclude`) is not repeated in every metric's sentence.
 *
 * @example
 * compileTree(tree).metric('teams_20_plus').sentence() // 'Teams with at least 20 messages in the week, not counting bot messages'
 * @throws EngineError `unknown_metric`
 */
export function sentence({ tree, metric }: CompiledTree, metricId: string, grain: Grain): string {
  return capitalized(ofMetric(metric(metricId).metric, { tree, grain }))
}

function ofMetric({ definition, formula }: Metric, setting: Setting): string {
  return definition.kind === 'derived' ? arithmetic(formula as Formula, setting) : ofDefinition(definition, setting)
}

function ofDefinition(definition: Definition, setting: Setting): string {
  switch (definition.kind) {
    case 'count':
      return ofEvents('', definition, setting)
    case 'sum':
      return ofEvents(`total ${propertyName(definition.property)} across `, definition, setting)
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

type Counted = Pick<Extract<Definition, { kind: 'count' }>, 'event' | 'where' | 'having' | 'window'>

/** What is counted, summed or averaged over events. */
function ofEvents(lead: string, { event, having, where, window }: Counted, setting: Setting): string {
  const events = eventNoun(setting.tree, event)
  const when = during(window, setting)
  const filter = filterOf(where, events)
  if (!having?.by) return `${lead}${filter.counted} ${when}${afterEvents(filter)}`
  const from = `from ${entityNoun(setting.tree, having.by).other} with ${deeds(events, having, setting)}`
  return `${lead}${events.other} ${from} ${when}${afterOthers(filter)}`
}

function ofUnique({ of, event, having, where, window, lifecycle }: UniqueDefinition, setting: Setting): string {
  const events = eventNoun(setting.tree, event)
  const who = `${entityNoun(setting.tree, of).other} with ${deeds(events, having, setting)}`
  return `${who} ${inLife(lifecycle, during(window, setting), setting)}${afterOthers(filterOf(where, events))}`
}

function inLife(lifecycle: UniqueDefinition['lifecycle'], now: string, { grain }: Setting): string {
  const on = grain === 'day' ? 'on' : 'in'
  const before = `${on} the ${grain} before`
  switch (lifecycle) {
    case undefined:
      return now
    case 'new':
      return `${now} for the first time`
    case 'returning':
      return `both ${now} and ${before}`
    case 'resurrected':
      return `${now} and ${on} an earlier ${grain}, but not ${before}`
    case 'dormant':
      return `${before}, but not ${on} the ${grain} itself`
  }
}

function ofAverage(definition: AverageDefinition, setting: Setting): string {
  const { event, having, where, window, property, per, measure, stat } = definition
  if (per === undefined || measure === undefined) {
    return ofEvents(`${statistic(stat, propertyName(property ?? ''))} across `, definition, setting)
  }
  const events = eventNoun(setting.tree, event)
  const { one } = entityNoun(setting.tree, per)
  const who = having ? `${one} with ${deeds(events, having, setting)}` : one
  const across = typeof measure === 'string' ? '' : `${having ? ',' : ''} across ${events.other}`
  const what = statistic(stat, measured(measure, events, setting), 'the ')
  return `${what} per ${who}${across} ${during(window, setting)}${afterOthers(filterOf(where, events))}`
}

function measured(measure: NonNullable<AverageDefinition['measure']>, { other }: Forms, { tree }: Setting): string {
  if (measure === 'count') return `number of ${other}`
  if (measure === 'days') return `number of days with ${other}`
  if ('sum' in measure) return `total ${propertyName(measure.sum)}`
  return `number of different ${thingNoun(tree, measure.unique).other}`
}

function ofConversion({ of, from, to, within, stat }: ConversionDefinition, setting: Setting): string {
  const { other } = entityNoun(setting.tree, of)
  const start = `${step(from, setting)} ${during(undefined, setting)}`
  const limit = `within ${duration(within)}`
  if (stat === 'median_time') {
    const first = `${moment(from, '', setting)} ${during(undefined, setting)}`
    return `median time from ${first} to ${moment(to, 'the next ', setting)} ${limit}, across ${other}`
  }
  if (stat === 'count') return `${other} with ${start} and ${step(to, setting)} ${limit}`
  return `of ${other} with ${start}, the share with ${step(to, setting)} ${limit}`
}

function ofRetention({ of, from, to, after, mode }: RetentionDefinition, setting: Setting): string {
  const { other } = entityNoun(setting.tree, of)
  const start = `${step(from, setting)} ${during(undefined, setting)}`
  return `of ${other} with ${start}, the share with ${step(to, setting)} ${later(after, mode, setting)}`
}

function later(after: number, mode: RetentionDefinition['mode'], { grain }: Setting): string {
  const orLater = mode === 'on_or_after'
  if (after === 0) return `${grain === 'day' ? 'on' : 'in'} the same ${grain}${orLater ? ' or later' : ''}`
  if (orLater) return `${number(after)} or more ${grain}s later`
  return `${number(after)} ${formFor(after, { one: grain, other: `${grain}s` })} later`
}

function ofStock({ of, event, where, state, sum, expires }: StockDefinition, setting: Setting): string {
  const { one, other } = entityNoun(setting.tree, of)
  const events = eventNoun(setting.tree, event)
  const says = conditions(state)
  const end = `the end of the ${setting.grain}`
  const when = expires === undefined ? `by ${end}` : `in the ${duration(expires)} up to ${end}`
  const filter = afterOthers(filterOf(where, events))
  if (sum !== undefined) {
    const what = `total ${propertyName(sum)} in the latest ${events.one} of each ${one} ${when}`
    return `${what}${says && `, where ${says}`}${filter}`
  }
  if (says) return `${other} where ${says} in their latest ${events.one} ${when}${filter}`
  return `${other} with at least one ${events.one} ${when}${filter}`
}

/** The titles of the metrics, joined by what is done with them. */
function arithmetic(formula: Formula, { tree }: Setting): string {
  const title = (id: string) => titleOf(tree, id)
  if ('product' in formula) return formula.product.map(title).join(' × ')
  return formula.sum
    .map(([id, weight], i) => {
      const sign = weight < 0 ? (i === 0 ? '−' : ' − ') : i === 0 ? '' : ' + '
      const size = Math.abs(weight)
      return `${sign}${size === 1 ? '' : `${number(size)} × `}${title(id)}`
    })
    .join('')
}

function titleOf(tree: Tree, id: string): string {
  return `“${tree.metrics[id]?.title ?? id}”`
}

/** Of a metric that is itself arithmetic the title says more. */
function ofPart(part: RatioPart, setting: Setting): string {
  if (typeof part !== 'string') return ofDefinition(part, setting)
  const metric = setting.tree.metrics[part]
  return metric && metric.definition.kind !== 'derived' ? ofMetric(metric, setting) : titleOf(setting.tree, part)
}

/** What an entity did to count: `at least 20 messages on at least 3 days`. */
function deeds(events: Forms, having: Having | undefined, { tree }: Setting): string {
  const { count, days, sum, unique } = having ?? {}
  const total = sum && `total ${propertyName(sum.property)} ${compared(sum)}`
  if (total && !count && !days && !unique) return `${total} across ${events.other}`
  const parts = [count ? counted(count, events) : days || unique ? events.other : `at least one ${events.one}`]
  if (days) parts.push(`on ${counted(days, { one: 'day', other: 'days' })}`)
  if (unique) {
    const { one, other } = thingNoun(tree, unique.property)
    parts.push(`across ${counted(unique, { one, other: `different ${other}` })}`)
  }
  if (total) parts.push(`and ${total}`)
  return parts.join(' ')
}

function step({ event, having, where, first }: Step, setting: Setting): string {
  const events = eventNoun(setting.tree, event)
  return `${first ? `their first ${events.one}` : deeds(events, having, setting)}${inBrackets(filterOf(where, events))}`
}

/** A step as a moment in time: `order`, `first order`, or `at least 3 orders` where it takes several. */
function moment({ event, having, where, first }: Step, lead: string, setting: Setting): string {
  const events = eventNoun(setting.tree, event)
  const what = first ? `the first ${events.one}` : having ? deeds(events, having, setting) : `${lead}${events.one}`
  return `${what}${inBrackets(filterOf(where, events))}`
}

function counted({ gte, lt }: Threshold, forms: Forms): string {
  const least = gte === undefined ? [] : [`at least ${gte === 1 ? 'one' : number(gte)}`]
  const most = lt === undefined ? [] : [`fewer than ${number(lt)}`]
  return `${[...least, ...most].join(' but ')} ${formFor(lt ?? gte ?? 0, forms)}`
}

function compared({ gte, lt }: Threshold): string {
  return [...(gte === undefined ? [] : [`≥ ${number(gte)}`]), ...(lt === undefined ? [] : [`< ${number(lt)}`])].join(
    ' and ',
  )
}

function during(window: string | undefined, { grain }: Setting): string {
  if (window === undefined || (window === '1d' && grain === 'day'))
    return grain === 'day' ? 'on the day' : `in the ${grain}`
  if (window === 'to-date') return `since the start of the ${grain}`
  const end = `up to the end of the ${grain}`
  if (window === 'all') return end
  return window === '1d' ? `on the last day of the ${grain}` : `in the ${duration(window)} ${end}`
}

function duration(text: string): string {
  const { amount, unit } = parseDuration(text)
  return `${number(amount)} ${formFor(amount, { one: unit, other: `${unit}s` })}`
}

const STATISTICS: Record<string, string> = { mean: 'average', median: 'median', min: 'lowest', max: 'highest' }

/** `average price`, `90th percentile of price`; `article` stands before what a percentile is of. */
function statistic(stat: string, what: string, article = ''): string {
  const name = STATISTICS[stat]
  return name ? `${name} ${what}` : `${ordinal(stat.slice(1))} percentile of ${article}${what}`
}

const ORDINALS: Record<string, string> = { one: 'st', two: 'nd', few: 'rd', other: 'th' }
const ORDINAL = new Intl.PluralRules('en', { type: 'ordinal' })

function ordinal(text: string): string {
  return `${text}${text.includes('.') ? 'th' : ORDINALS[ORDINAL.select(Number(text))]}`
}
