import { quoteName } from './quote.js'

/** A longer name has no column of its own; its values stand in `odd`, as JSON. */
const LONGEST = 200

/**
 * The key under which a property stands. Names are percent-encoded, because a dot would mean nesting and a backtick
 * would end a name; so `a.b` and `{ a: { b } }` stay two things.
 */
function encodeKey(name: string): string {
  // A JSON object may have an empty key, a column's name may not.
  if (name === '') return '%'
  return name.replaceAll(/[^A-Za-z0-9_ $:-]+/g, (part) => {
    let encoded = ''
    for (const byte of Buffer.from(part, 'utf8')) encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    return encoded
  })
}

/** Whether values at this path have a column of their own. */
export function hasColumn(path: string): boolean {
  return path.length <= LONGEST
}

/** The path of a property of an event, or with `c` of its context, in `data` and `odd`. */
export function dataPath(bag: 'p' | 'c', names: readonly string[]): string {
  return [bag, ...names.map(encodeKey)].join('.')
}

/** One type's column at a path. */
export function column(path: string, type: 'String' | 'Float64' | 'Bool'): string {
  return `data.${path.split('.').map(quoteName).join('.')}.:${type}`
}
