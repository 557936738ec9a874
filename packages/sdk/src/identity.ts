import { json } from './json.js'
import type { Consent } from './types/options.js'
import { uuid } from './uuid.js'

/** The device's identity, and what else the next page has to know. Times in ms. */
export interface Identity {
  anonymousId: string
  userId?: string
  /** Account by type. */
  groups?: Record<string, string>
  /** The account without a type, where Segment's clients put it. */
  groupId?: string
  sessionId?: string
  /** When the last event was made. */
  seen?: number
  /** What was decided with `consent()`; nothing by default. */
  consent?: Consent | undefined
  /** Before when the collector does not want to be asked. */
  until?: number
  /** For how long it said so. A clock that was wrong then, and is right now, makes it no longer than this. */
  pause?: number
}

/** A visit ends after this long without an event. */
const SESSION_MS = 30 * 60_000

export const newIdentity = (): Identity => ({ anonymousId: uuid(Date.now()) })

/** Whether the collector takes it as an id: a whole number, or at most 200 characters that are not all blank. */
export const isId = (id: unknown): boolean =>
  (id === `${id}` || Number.isSafeInteger(id)) && /\S/.test(`${id}`) && `${id}`.length < 201

/**
 * The identity kept in `localStorage`; `otherwise`, or a new one, where there is none, where even reading the property
 * throws, and where something else has been written there.
 */
export function readIdentity(key: string, otherwise?: Identity): Identity {
  let saved: Identity | undefined
  try {
    saved = JSON.parse(localStorage[key])
  } catch {
    // As if nothing were kept.
  }
  return [saved?.anonymousId, saved?.userId ?? 0].every(isId)
    ? saved!
    : { ...(otherwise ?? newIdentity()), consent: saved?.consent }
}

/** Keeps an identity, or a decision alone; nothing erases it. Called when it changes and when a page is left. */
export function writeIdentity(key: string, identity?: Partial<Identity> | false): void {
  try {
    if (identity) localStorage[key] = json(identity)
    else delete localStorage[key]
  } catch {
    // It lives as long as the page; the queue, which has the same fate, says so.
  }
}

/** The visit an event at `time` belongs to. */
export function sessionAt(identity: Identity, time: number): string {
  if (!(Math.abs(time - identity.seen!) < SESSION_MS)) identity.sessionId = uuid(time)
  identity.seen = time
  return identity.sessionId as string
}
