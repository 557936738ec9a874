import type { EventName, Events, Properties, PropertiesOf, TrackArguments } from './events.js'
import type { Consent, Options } from './options.js'
import type { FlushResult, Outcomes } from './outcome.js'

/** Ends a timed value moment; more properties may be added now. Returns its message id. */
export type Stop<P = Properties> = (properties?: Partial<P>) => string

/** No method throws. Those that make an event return its message id. */
export interface Tracker<E = Events> {
  /** Starts sending. Calls made before are kept and sent now. A second call does nothing. */
  init(options: Options): void
  /** A value moment. Synchronous; on its way to disk before the current task ends. */
  track<N extends EventName<E>>(event: N, ...rest: TrackArguments<PropertiesOf<E, N>>): string
  /** Who it is from now on, on this device, until `reset`. */
  identify(userId: string, traits?: Properties): string
  /** The account events belong to from now on: one a type (`context.groups`), or the one untyped (`context.groupId`). */
  group(type: string, id: string, traits?: Properties): string
  group(id: string): string
  /** Says that this person is also known as `userId`. */
  alias(userId: string): string
  page(name?: string, properties?: Properties): string
  /** Forgets user and accounts and mints a new anonymous id; for logout. */
  reset(): void
  /** Starts a timed value moment: on stop, an event whose `seconds` is the time the page was visible. */
  start<N extends EventName<E>>(event: N, properties?: Partial<PropertiesOf<E, N>>): Stop<PropertiesOf<E, N>>
  /** Puts properties on every later event of this tracker. */
  register(properties: Properties): void
  consent(consent: Consent): void
  /** Tries to send now; resolves when nothing is left or nothing more can be sent for the moment. Never rejects. */
  flush(): Promise<FlushResult>
  /** Calls `handler` for every outcome of a kind; returns what ends that. */
  on<K extends keyof Outcomes>(outcome: K, handler: (detail: Outcomes[K]) => void): () => void
  /** How many events of this device are known to wait. */
  readonly size: number
}
