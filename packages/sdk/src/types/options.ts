import type { Message } from './message.js'

/** `pending`: events wait in memory, nothing is stored or sent. `denied`: queue, ids and database are erased. */
export type Consent = 'granted' | 'denied' | 'pending'

export interface Options {
  /** The public key of your product; it can only append. */
  writeKey: string
  /** Where the collector is, such as `https://collector.example`. */
  endpoint: string
  /**
   * What counts until `consent()` is called on this device, which remembers it. Default `granted`, or `denied` if the
   * browser sends Global Privacy Control.
   */
  consent?: Consent
  /** Sees every event before it is stored; returns it, changed or not, or null to leave it out. */
  beforeSend?: (event: Message) => Message | null
}
