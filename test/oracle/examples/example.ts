import { type Event, type Message, messageSchema, toEvent } from '@nsm/schema'

/** A tree of `examples/`, events few enough to check by eye, and what each of its metrics must be week by week. */
export interface Example {
  /** From the repository's root. */
  tree: string
  /** Local dates, both inclusive. */
  from: string
  to: string
  events: Event[]
  expected: Record<string, (number | null)[]>
}

let sent = 0

/** A message as a Segment library sends it, received a second after it happened. */
export function message(at: string, fields: object): Event {
  sent += 1
  const parsed: Message = messageSchema.parse({ timestamp: new Date(at).toISOString(), ...fields })
  return toEvent(parsed, { receivedAt: Date.parse(at) + 1000, messageId: `example-${String(sent).padStart(5, '0')}` })
}

/** A track by a known user. */
export function track(at: string, event: string, userId: string, properties: object = {}, context: object = {}): Event {
  return message(at, { type: 'track', event, userId, properties, context })
}

/** The same once a minute from an instant on. */
export function everyMinute(times: number, from: string, make: (at: string, i: number) => Event): Event[] {
  return Array.from({ length: times }, (_, i) => make(new Date(Date.parse(from) + i * 60_000).toISOString(), i))
}
