import type { PropertyTest, Scalar, Where } from '@nsm/schema'
import { quoteText } from '../../store/quote.js'
import { exists, literal, property, type Value } from './value.js'

/** A filter as SQL that is 1 or 0, never NULL. */
export function filterSql(where: Where): string {
  const tests = Object.entries(where).flatMap(([name, test]) => {
    if (test === undefined) return []
    if (name === 'any' && isFilterList(test)) return [`(${test.map(filterSql).join(' OR ')})`]
    return [testSql(property(name), test as PropertyTest)]
  })
  return tests.length === 1 ? (tests[0] as string) : `(${tests.join(' AND ')})`
}

/** `any` with a list of objects is a choice of filters; with anything else it is a property of that name. */
function isFilterList(test: PropertyTest | Where[]): test is Where[] {
  return Array.isArray(test) && test.every((item) => typeof item === 'object')
}

function testSql(value: Value, test: PropertyTest): string {
  if (typeof test !== 'object' || Array.isArray(test)) return isOneOf(value, test)
  const { not, gt, gte, lt, lte, exists: wanted, contains } = test
  const tests: string[] = []
  const compare = (operator: string, limit: number | undefined) => {
    if (limit !== undefined) tests.push(`ifNull(${value.number} ${operator} ${literal(limit)}, 0)`)
  }
  if (not !== undefined) tests.push(`NOT ${isOneOf(value, not)}`)
  compare('>', gt)
  compare('>=', gte)
  compare('<', lt)
  compare('<=', lte)
  if (wanted !== undefined) tests.push(wanted ? exists(value) : `NOT ${exists(value)}`)
  if (contains !== undefined) {
    const part = quoteText(contains)
    tests.push(
      `(ifNull(position(${value.text}, ${part}) > 0, 0) OR (startsWith(${value.odd}, '[') AND ` +
        `arrayExists(x -> startsWith(x, '"') AND JSONExtractString(x) = ${part}, JSONExtractArrayRaw(${value.odd}))))`,
    )
  }
  return tests.length === 1 ? (tests[0] as string) : `(${tests.join(' AND ')})`
}

/** Equal in value and type. */
function isOneOf(value: Value, wanted: Scalar | readonly Scalar[]): string {
  const list: readonly Scalar[] = typeof wanted === 'object' ? wanted : [wanted]
  const texts = list.filter((item) => typeof item === 'string').map(quoteText)
  const numbers = list.filter((item) => typeof item === 'number').map(literal)
  const truths = new Set(list.filter((item) => typeof item === 'boolean'))
  const tests: string[] = []
  if (texts.length > 0) tests.push(`ifNull(${value.text} IN (${texts.join(', ')}), 0)`)
  if (numbers.length > 0) tests.push(`ifNull(${value.number} IN (${numbers.join(', ')}), 0)`)
  if (truths.size === 2) tests.push(`isNotNull(${value.truth})`)
  else for (const truth of truths) tests.push(`ifNull(${value.truth} = ${truth}, 0)`)
  return tests.length === 1 ? (tests[0] as string) : `(${tests.join(' OR ')})`
}
