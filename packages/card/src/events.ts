import type { Report } from '@nsm/schema'
import type { SeriesPoint, Summary } from './summary/index.js'

/** What every event of a card has in common: it leaves the shadow tree and bubbles. */
class CardEvent extends Event {
  constructor(type: string) {
    super(type, { bubbles: true, composed: true })
  }
}

/** A report was loaded from `src`. Not sent for `data`, which the page set itself. */
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

/** The reader looks at one period of the chart; `null` when they left it. */
export class NsmInspectEvent extends CardEvent {
  constructor(readonly point: SeriesPoint | null) {
    super('nsm-inspect')
  }
}
