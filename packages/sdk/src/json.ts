/** An instant as ISO 8601 in UTC. Datejs puts quotes around it. Throws if there is no such instant. */
export const iso = (time: Date | string | number): string => new Date(time).toISOString().replace(/"/g, '')

/** JSON, whatever Prototype.js has hung on arrays: its `toJSON` makes a text of each. A `BigInt` becomes a text, too. */
export function json(value: unknown): string {
  const arrays = Array.prototype as { toJSON?: unknown }
  const { toJSON } = arrays
  delete arrays.toJSON
  try {
    return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}` : item))
  } finally {
    if (toJSON) arrays.toJSON = toJSON
  }
}

/** A copy, as JSON has it, of what can be written: without properties that are circular or throw when they are read. */
export function copy(properties: Record<string, unknown>): Record<string, unknown> {
  const copied: Record<string, unknown> = {}
  for (const name of Object.keys(properties)) {
    try {
      copied[name] = JSON.parse(json(properties[name]))
    } catch {
      // Nor can what JSON has no word for, such as a function.
    }
  }
  return copied
}
