import type { Event, Tree } from '@nsm/schema'
import { readPath } from './path.js'

/** What can be known at `asOf`: the events, each once, in order, and who did them. */
export interface World {
  tree: Tree
  asOf: number
  events: readonly Event[]
  /** The id of an entity in an event; `null` when the event has none. */
  idOf(entity: string, event: Event): string | null
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Time first, then arrival: receipt, then message id for those that came together, UUIDs after all others. */
export function compareEvents(a: Event, b: Event): number {
  const uuids = Number(UUID.test(a.messageId)) - Number(UUID.test(b.messageId))
  return a.time - b.time || a.receivedAt - b.receivedAt || uuids || (a.messageId < b.messageId ? -1 : 1)
}

interface Link {
  anonymousId: string
  userId: string
  event: Event
}

export function worldAt(tree: Tree, received: readonly Event[], asOf: number): World {
  const first = new Map<string, Event>()
  for (const event of received) {
    if (event.receivedAt > asOf) continue
    const before = first.get(event.messageId)
    if (!before || event.receivedAt < before.receivedAt) first.set(event.messageId, event)
  }
  const events = [...first.values()]
    .map((event) => ({
      ...event,
      properties: throughJson(event.properties),
      context: throughJson(event.context),
    }))
    .sort(compareEvents)

  const links: Link[] = []
  for (const event of events) {
    if (event.userId === '') continue
    const link = (anonymousId: string) => {
      if (anonymousId !== '') links.push({ anonymousId, userId: event.userId, event })
    }
    if (event.type === 'identify') link(event.anonymousId)
    if (event.type === 'alias') {
      link(event.otherId)
      link(event.anonymousId)
    }
  }

  const userOf = (event: Event): string | null => {
    if (event.userId !== '') return event.userId
    if (event.anonymousId === '') return null
    const own = links.filter((link) => link.anonymousId === event.anonymousId)
    const next = own.find((link) => link.event.time >= event.time)
    if (next) {
      // Of several at the same instant the latest wins.
      const together = own.filter((link) => link.event.time === next.event.time)
      return together[together.length - 1]?.userId ?? null
    }
    return own[own.length - 1]?.userId ?? event.anonymousId
  }

  const idOf = (entity: string, event: Event): string | null => {
    const declared = Object.hasOwn(tree.entities, entity) ? tree.entities[entity]?.id : undefined
    if (declared === undefined && entity === 'user') return userOf(event)
    const path = declared ?? (entity === 'session' ? 'context.sessionId' : `context.groups.${entity}`)
    const id = readPath(event, path)
    if (typeof id === 'number') return String(id)
    return typeof id === 'string' && id !== '' ? id : null
  }

  return { tree, asOf, events, idOf }
}

/** NaN and infinities have no JSON: they arrive as null. */
function throughJson(bag: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(bag))
}
