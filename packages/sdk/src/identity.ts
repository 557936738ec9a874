import { uuid } from './uuid.js'

/** Who the events of this device are from. */
export interface Identity {
  anonymousId: string
  userId?: string
  /** Account by type. */
  groups?: Record<string, string>
  /** The account without a type, where Segment's clients put it. */
  groupId?: string
  sessionId?: string
  /** When the last event was made; ms. */
  seen?: number
}

/** A visit ends after this long without an event. */
const SESSION_MS = 30 * 60_000

/** The identity kept in `localStorage`, or a new one where there is none or where even reading the property throws. */
export function readIdentity(key: string, time: number): Identity {
  const fresh = { anonymousId: uuid(time) }
  try {
    return { ...fresh, ...JSON.parse(localStorage.getItem(key) as string) }
  } catch {
    return fresh
  }
}

/** Keeps the identity, or erases it. Called when it changes and when a page is left, never for an event. */
export function writeIdentity(key: string, identity?: Identity): void {
  try {
    if (identity) localStorage.setItem(key, JSON.stringify(identity))
    else localStorage.removeItem(key)
  } catch {
    // It lives as long as the page; the outbox, which has the same fate, says so.
  }
}

/** The visit an event at `time` belongs to. */
export function sessionAt(identity: Identity, time: number): string {
  if (!identity.sessionId || time - (identity.seen ?? 0) > SESSION_MS) identity.sessionId = uuid(time)
  identity.seen = time
  return identity.sessionId
}
