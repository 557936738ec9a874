import { column, dataPath, hasColumn } from '../../store/path.js'
import { quoteText } from '../../store/quote.js'

/** SQL for one property of an event, by type; each is NULL where the property is of another type or missing. */
export interface Value {
  text: string
  number: string
  truth: string
  /** JSON of a list or object, `null`, or `''` where the property is none of these. */
  odd: string
}

/** A property of an event, by its whole name. */
export function property(name: string): Value {
  return valueAt(dataPath('p', [name]))
}

/** What stands at a path of names in the properties (`p`) or the context (`c`). */
export function valueAt(path: string): Value {
  const raw = `odd[${quoteText(path)}]`
  if (hasColumn(path)) {
    return {
      text: column(path, 'String'),
      number: column(path, 'Float64'),
      truth: column(path, 'Bool'),
      odd: raw,
    }
  }
  return fromJson(raw, [])
}

/** What stands at keys inside JSON text. */
export function fromJson(raw: string, keys: readonly string[]): Value {
  const at = keys.length > 0 ? `${raw}, ${keys.map(quoteText).join(', ')}` : raw
  const type = `toString(JSONType(${at}))`
  return {
    text: `if(${type} = 'String', JSONExtractString(${at}), NULL)`,
    number: `if(${type} IN ('Int64', 'UInt64', 'Double'), JSONExtractFloat(${at}), NULL)`,
    truth: `if(${type} = 'Bool', JSONExtractBool(${at}), NULL)`,
    odd: `if(${type} IN ('Array', 'Object', 'Null'), ${keys.length > 0 ? `JSONExtractRaw(${at})` : raw}, '')`,
  }
}

/** A number as people and JavaScript write it: `5`, `0.1`, `1e+21`. */
export function numberText(sql: string): string {
  return `replaceRegexpOne(toString(${sql}), 'e(\\\\d)', 'e+\\\\1')`
}

/** A number as a Float64 literal, so that no comparison is made between integers and fractions. */
export function literal(value: number): string {
  const text = String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

/** An id: a text, or a number as text; `''` where there is none. */
export function idText(value: Value): string {
  return `ifNull(${value.text}, if(isNotNull(${value.number}), ${numberText(`assumeNotNull(${value.number})`)}, ''))`
}

/** Whether there is a value other than null. */
export function exists(value: Value): string {
  return `(isNotNull(${value.text}) OR isNotNull(${value.number}) OR isNotNull(${value.truth}) OR ${value.odd} NOT IN ('', 'null'))`
}

/** A text that is the same for equal values only, whatever their type; `''` where there is none. */
export function identity(value: Value): string {
  return (
    `multiIf(isNotNull(${value.text}), concat('s', assumeNotNull(${value.text})), ` +
    `isNotNull(${value.number}), concat('n', toString(assumeNotNull(${value.number}))), ` +
    `isNotNull(${value.truth}), if(assumeNotNull(${value.truth}), 'true', 'false'), ` +
    `${value.odd} = 'null', '', ${value.odd})`
  )
}
