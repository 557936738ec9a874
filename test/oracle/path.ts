import type { Event } from '@nsm/schema'

/** What stands at an entity's path in an event; `undefined` when nothing does. */
export function readPath(event: Event, path: string): unknown {
  if (path === 'userId') return event.userId
  if (path === 'anonymousId') return event.anonymousId
  if (path === 'groupId') return event.type === 'group' ? event.otherId : undefined
  const [root, ...keys] = path.split('.') as [string, ...string[]]
  const hasTraits = event.type === 'identify' || event.type === 'group'
  let value: unknown
  if (root === 'context') value = event.context
  if (root === 'properties') value = event.properties
  if (root === 'traits' && hasTraits) value = event.properties
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** A property by its name, whatever characters the name has; `undefined` when the event has none. */
export function readProperty(event: Event, name: string): unknown {
  return Object.hasOwn(event.properties, name) ? event.properties[name] : undefined
}
