import type { Event, EventNames, Operators, PropertyTest, Scalar, Where } from '@nsm/schema'
import { readProperty } from './path.js'

/** Whether an event is one of these; `*` is every track, page and screen. */
export function isNamed(event: Event, names: EventNames): boolean {
  const list = Array.isArray(names) ? names : [names]
  return list.some((name) => (name === '*' ? ['track', 'page', 'screen'].includes(event.type) : event.name === name))
}

/** Whether an event passes a filter. */
export function passes(event: Event, where: Where | undefined): boolean {
  if (!where) return true
  for (const [key, test] of Object.entries(where)) {
    if (test === undefined) continue
    if (key === 'any' && isFilterList(test)) {
      if (!test.some((filter) => passes(event, filter))) return false
    } else if (!holds(readProperty(event, key), test as PropertyTest)) return false
  }
  return true
}

function isFilterList(test: PropertyTest | Where[]): test is Where[] {
  return Array.isArray(test) && test.every((item) => typeof item === 'object')
}

function holds(value: unknown, test: PropertyTest): boolean {
  if (typeof test !== 'object' || Array.isArray(test)) return isOneOf(value, test)
  return Object.entries(test).every(([operator, operand]) => operand === undefined || compare(value, operator, operand))
}

function compare(value: unknown, operator: string, operand: unknown): boolean {
  const limit = operand as number
  switch (operator as keyof Operators) {
    case 'not':
      return !isOneOf(value, operand as Scalar | Scalar[])
    case 'exists':
      return (value !== undefined && value !== null) === operand
    case 'gt':
      return typeof value === 'number' && value > limit
    case 'gte':
      return typeof value === 'number' && value >= limit
    case 'lt':
      return typeof value === 'number' && value < limit
    case 'lte':
      return typeof value === 'number' && value <= limit
    case 'contains':
      if (typeof value === 'string') return value.includes(operand as string)
      return Array.isArray(value) && value.includes(operand)
  }
}

function isOneOf(value: unknown, wanted: Scalar | Scalar[]): boolean {
  return Array.isArray(wanted) ? wanted.includes(value as Scalar) : value === wanted
}
