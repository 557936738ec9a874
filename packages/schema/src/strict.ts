import { z } from 'zod'

/** A strict object whose answer to an unknown key names the keys it knows. */
export function strict<S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined
      const unknown = (issue as { keys?: string[] }).keys ?? []
      const names = unknown.map((key) => JSON.stringify(key)).join(', ')
      return `Unknown ${unknown.length > 1 ? 'keys' : 'key'} ${names}; known here: ${Object.keys(shape).join(', ')}.`
    },
  })
}
