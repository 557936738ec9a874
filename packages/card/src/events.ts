import type { Report } from '@nsm/schema'
import type { SeriesPoint, Summary } from './summary/index.js'

/** Base of the card's events. They bubble and cross the shadow boundary. */
class CardEvent extends Event {
  constructor(type: string) {
    super(type, { bubbles: true, composed: true })
  }
}

/** A report was loaded from `src`. Not sent for `data`, which the page sets itself. */
export class NsmLoadEvent extends CardEvent {
  constructor(
    readonly report: Report,
    readonly summary: Summary,
  ) {
    super('nsm-load')
  }
}

/** A report could not be loaded or shown. */
export class NsmErrorEvent extends CardEvent {
  constructor(readonly error: Error) {
    super('nsm-error')
  }
}

/** The reader selected a period of the chart; `null` when they leave it. */
export class NsmInspectEvent extends CardEvent {
  constructor(readonly point: SeriesPoint | null) {
    super('nsm-inspect')
  }
}
