import type { Messages } from './messages.js'

/** In which language, words and zone a summary is said. */
export interface Speaker {
  lang: string
  words: Messages
  /** The zone of clock times; periods always keep the tree's own dates. */
  timeZone: string
}
