import type { Operators, PropertyTest, Scalar, Where } from '@nsm/schema'
import { type EventForms, isWord, joined, number, propertyName } from './words.js'

/** What a filter says of events. */
interface Filter {
  /** The events, with what marks them: `instant bookings` for `{ "instant": true }`. */
  counted: string
  marked: boolean
  /** What holds of them, or `''`. */
  conditions: string
  /** Which of them are left out, `bot messages` for `{ "bot": { "not": true } }`, or `''`. */
  except: string
}

export function filterOf(where: Where | undefined, events: EventForms): Filter {
  const tests = Object.entries(where ?? {})
  const isMark = ([property, test]: [string, unknown]) => test === true && isWord(property) && !events.several
  const marks = tests.filter(isMark).map(([property]) => property)
  const left = tests.flatMap(([property, test]) => {
    const values = leftOut(test)
    return values === undefined ? [] : [[property, values] as const]
  })
  const others = tests.filter((entry) => !isMark(entry) && leftOut(entry[1]) === undefined)
  return {
    counted: [...marks, events.other].join(' '),
    marked: marks.length > 0,
    conditions: conditions(Object.fromEntries(others)),
    except: exceptions(left, isMark, events.other),
  }
}

function exceptions(
  left: readonly (readonly [string, Scalar | Scalar[]])[],
  isMark: (test: [string, unknown]) => boolean,
  events: string,
): string {
  if (left.length === 0) return ''
  if (left.every(([property, values]) => isMark([property, values]))) {
    return `${joined(
      left.map(([property]) => property),
      'or',
    )} ${events}`
  }
  return `${events} where ${joined(
    left.map(([property, values]) => isOneOf(propertyName(property), values)),
    'or',
  )}`
}

/** A filter behind the events that it is about: `messages in the week where plan is pro`. */
export function afterEvents({ conditions, except }: Filter): string {
  return `${conditions && ` where ${conditions}`}${except && `, not counting ${except}`}`
}

/** A filter behind something else than its events, which are named therefore. */
export function afterOthers(filter: Filter): string {
  const phrase = counting(filter)
  return phrase && `, ${phrase}`
}

export function inBrackets(filter: Filter): string {
  const { conditions, marked, except } = filter
  const phrase = conditions && !marked && !except ? `where ${conditions}` : counting(filter)
  return phrase && ` (${phrase})`
}

function counting({ counted, marked, conditions, except }: Filter): string {
  if (!marked && !conditions) return except && `not counting ${except}`
  return `counting only ${counted}${conditions && ` where ${conditions}`}${except && `, but no ${except}`}`
}

/** A filter as one condition: `plan is pro or team and seats ≥ 5`. */
export function conditions(where: Where | undefined): string {
  const phrases = Object.entries(where ?? {}).flatMap(([property, test]) => {
    if (test === undefined) return []
    if (property !== 'any' || !isFilters(test)) return testPhrases(propertyName(property), test as PropertyTest)
    const any = joined(test.map(branch), 'or')
    return [test.length > 1 && Object.keys(where ?? {}).length > 1 ? `(${any})` : any]
  })
  return joined(phrases, 'and')
}

function branch(where: Where): string {
  const text = conditions(where)
  return text.includes(' and ') ? `(${text})` : text
}

function isFilters(test: PropertyTest | Where[]): test is Where[] {
  return Array.isArray(test) && typeof test[0] === 'object'
}

/** The values that a test leaves out, when it does nothing else. */
function leftOut(test: unknown): Scalar | Scalar[] | undefined {
  if (typeof test !== 'object' || test === null || Array.isArray(test)) return undefined
  const { not, ...others } = test as Operators
  return Object.values(others).some((value) => value !== undefined) ? undefined : not
}

function testPhrases(name: string, test: PropertyTest): string[] {
  if (typeof test !== 'object' || Array.isArray(test)) return [isOneOf(name, test)]
  return (Object.keys(test) as (keyof Operators)[]).flatMap((operator) => {
    const phrase = operatorPhrase(name, operator, test)
    return phrase === null ? [] : [phrase]
  })
}

function isOneOf(name: string, values: Scalar | Scalar[]): string {
  return `${name} is ${joined([values].flat().map(show), 'or')}`
}

const COMPARISONS = { gt: '>', gte: '≥', lt: '<', lte: '≤' } as const

function operatorPhrase(name: string, operator: keyof Operators, test: Operators): string | null {
  const value = test[operator]
  if (value === undefined) return null
  switch (operator) {
    case 'not': {
      const values = [value as Scalar | Scalar[]].flat().map(show)
      return values.length > 1 ? `${name} is neither ${joined(values, 'nor')}` : `${name} is not ${values[0]}`
    }
    case 'exists':
      return value ? `${name} is set` : `${name} is not set`
    case 'contains':
      return `${name} contains ${show(value as string)}`
    default:
      return `${name} ${COMPARISONS[operator]} ${number(value as number)}`
  }
}

function show(value: Scalar): string {
  if (typeof value === 'number') return number(value)
  if (typeof value === 'boolean') return String(value)
  return /^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,59}$/u.test(value) ? value : JSON.stringify([...value].slice(0, 60).join(''))
}
