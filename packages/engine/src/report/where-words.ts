import type { Operators, PropertyTest, Scalar, Where } from '@nsm/schema'
import { humanise, joined, marked, number } from './words.js'

/** A filter as phrases that follow a comma: `bots excluded`, `plan is pro or team`, `seats at least 5`. */
export function wherePhrases(where: Where | undefined): string[] {
  return Object.entries(where ?? {}).flatMap(([property, test]) => {
    if (test === undefined) return []
    if (property === 'any' && isFilters(test)) {
      return [
        joined(
          test.map((branch) => joined(wherePhrases(branch), 'and')),
          'or',
        ),
      ]
    }
    return testPhrases(property, test as PropertyTest)
  })
}

function isFilters(test: PropertyTest | Where[]): test is Where[] {
  return Array.isArray(test) && typeof test[0] === 'object'
}

function testPhrases(property: string, test: PropertyTest): string[] {
  const name = humanise(property)
  if (test === true) return [`only ${marked(property)}`]
  if (Array.isArray(test)) return [`${name} is ${joined(test.map(show), 'or')}`]
  if (typeof test !== 'object') return [`${name} is ${show(test)}`]
  return (Object.keys(test) as (keyof Operators)[]).flatMap((operator) => {
    const phrase = operatorPhrase(property, name, operator, test)
    return phrase === null ? [] : [phrase]
  })
}

function operatorPhrase(property: string, name: string, operator: keyof Operators, test: Operators): string | null {
  const value = test[operator]
  if (value === undefined) return null
  switch (operator) {
    case 'not':
      if (value === true) return `${marked(property)} excluded`
      return Array.isArray(value) && value.length > 1
        ? `${name} is neither ${joined(value.map(show), 'nor')}`
        : `${name} is not ${show((Array.isArray(value) ? value[0] : value) as Scalar)}`
    case 'gt':
      return `${name} over ${number(value as number)}`
    case 'gte':
      return `${name} at least ${number(value as number)}`
    case 'lt':
      return `${name} under ${number(value as number)}`
    case 'lte':
      return `${name} at most ${number(value as number)}`
    case 'exists':
      return value ? `${name} is known` : `${name} is missing`
    case 'contains':
      return `${name} contains ${show(value as string)}`
  }
}

function show(value: Scalar): string {
  if (typeof value === 'number') return number(value)
  if (typeof value === 'boolean') return String(value)
  return /^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,59}$/u.test(value) ? value : JSON.stringify([...value].slice(0, 60).join(''))
}
