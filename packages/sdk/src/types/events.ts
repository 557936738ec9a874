/** What an event can say: anything JSON can. */
export type Properties = Record<string, unknown>

/**
 * The events of your product: name → properties. Empty means open: every name and every property goes.
 * Close it for the module functions by declaration merging (`nsm types` writes this file from the tree):
 *
 * ```ts
 * declare module '@nsm/sdk' {
 *   interface Events {
 *     value_moment: { minutes: number }
 *   }
 * }
 * ```
 *
 * or for one tracker: `createTracker<{ value_moment: { minutes: number } }>(options)`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is filled by whoever merges a declaration into it
export interface Events {}

/** The names a map of events allows; any text while the map is empty. */
export type EventName<E> = keyof E extends never ? string : keyof E & string

/** The properties a map of events gives to a name. */
export type PropertiesOf<E, N> = N extends keyof E ? E[N] : Properties

/** The arguments after the name: properties may be left out only when none of them is required. */
export type TrackArguments<P> =
  Partial<P> extends P ? [properties?: P, options?: TrackOptions] : [properties: P, options?: TrackOptions]

export interface TrackOptions {
  /** Accounts this one event belongs to, besides those named by `group()`: type → id. */
  groups?: Record<string, string>
  /** When it happened, if not now. */
  timestamp?: Date | string | number
  /** The event's identity, if you have a better one, such as an order number: the same id is counted once. */
  messageId?: string
}
