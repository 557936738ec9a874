import type { Messages } from './messages.js'

/** A summary's language, texts and time zone. */
export interface Speaker {
  lang: string
  words: Messages
  /** The zone of clock times; periods always keep the tree's own dates. */
  timeZone: string
}
