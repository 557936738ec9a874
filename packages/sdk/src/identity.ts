import { uuid } from './uuid.js'

/** Who the events of this device are from, and how its attempts to send stand. Times in ms. */
export interface Identity {
  anonymousId: string
  userId?: string
  /** Account by type. */
  groups?: Record<string, string>
  /** The account without a type, where Segment's clients put it. */
  groupId?: string
  sessionId?: string
  /** When the last event was made. */
  seen: number
  /** Failed attempts in a row. */
  tries: number
  /** When to try again by itself. */
  next: number
  /** Before when the collector does not want to be asked. */
  until: number
}

/** A visit ends after this long without an event. */
const SESSION_MS = 30 * 60_000

export const newIdentity = (): Identity => ({
  anonymousId: uuid(Date.now()),
  seen: 0,
  tries: 0,
  next: 0,
  until: 0,
})

/** The identity kept in `localStorage`; `otherwise` where there is none, or where even reading the property throws. */
export function readIdentity(key: string, otherwise: Identity): Identity {
  try {
    return JSON.parse(localStorage[key])
  } catch {
    return otherwise
  }
}

/** Keeps the identity, or erases it. Called when it changes and when a page is left, never for an event. */
export function writeIdentity(key: string, identity?: Identity): void {
  try {
    if (identity) localStorage[key] = JSON.stringify(identity)
    else delete localStorage[key]
  } catch {
    // It lives as long as the page; the outbox, which has the same fate, says so.
  }
}

/** The visit an event at `time` belongs to. */
export function sessionAt(identity: Identity, time: number): string {
  if (time - identity.seen > SESSION_MS) identity.sessionId = uuid(time)
  identity.seen = time
  return identity.sessionId as string
}
