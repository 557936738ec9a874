import type { Report } from '@nsm/schema'
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { NsmErrorEvent, NsmInspectEvent, NsmLoadEvent } from './events.js'
import { type Fetcher, follow, type Refresh, RequestError, type Snapshot } from './live/source.js'
import { styles } from './styles.js'
import { type Compare, english, type Messages, type Summary, SummaryError, summarise, toText } from './summary/index.js'
import { fill } from './summary/messages.js'
import { trendChart } from './view/chart.js'
import { course, goal, guardrailRows, inputRows } from './view/rows.js'
import { shape } from './view/shape.js'
import { skeleton } from './view/skeleton.js'
import { periodTable } from './view/table.js'

/** Properties that don't affect the summary. */
const LOOKS = new Set<PropertyKey>(['cursor', 'tabular', 'density', 'sections'])
const ASKS = ['src', 'token', 'credentials', 'fetcher', 'refresh', 'data']

/**
 * The North Star Metric as a card.
 *
 * @slot - Shown when there is no number: without JavaScript, or after an error.
 * @slot label, actions, footer, loading, empty, error
 */
export class NsmCard extends LitElement {
  static override styles = styles

  static override properties = {
    src: {},
    metric: {},
    label: {},
    headline: {},
    compare: {},
    sections: {},
    density: { reflect: true },
    refresh: {},
    timeZone: { attribute: 'time-zone' },
    lang: {},
    credentials: {},
    data: { attribute: false },
    token: { attribute: false },
    fetcher: { attribute: false },
    messages: { attribute: false },
    now: { attribute: false },
    snapshot: { state: true },
    cursor: { state: true },
    tabular: { state: true },
  }

  /** The report's URL. */
  declare src: string | undefined
  /** The metric's id; default: the report's first north star. */
  declare metric: string | undefined
  /** Replaces the metric's title. */
  declare label: string | undefined
  declare headline: 'to-date' | 'last-complete' | undefined
  declare compare: Compare | undefined
  /** The sections to show, of `trend goal inputs guardrails table`; default all. */
  declare sections: string | undefined
  declare density: 'full' | 'compact' | 'inline' | undefined
  /** Seconds between requests, or `live`. */
  declare refresh: number | string | undefined
  /** The zone of clock times; default: the nearest ancestor's `time-zone`, or else the report's. */
  declare timeZone: string | undefined
  /** The language; default: the nearest ancestor's. */
  declare lang: string
  declare credentials: RequestCredentials | undefined
  /** A report to show without making a request. */
  declare data: Report | undefined
  /** A read token. Not an attribute, because attributes leak. */
  declare token: string | undefined
  /** Replaces `fetch`. */
  declare fetcher: Fetcher | undefined
  /** Texts that replace the English ones. */
  declare messages: Partial<Messages> | undefined
  /** UTC ms; replaces the clock. */
  declare now: number | undefined

  declare private snapshot: Snapshot
  /** The index of the selected period; -1 for none. */
  declare private cursor: number
  declare private tabular: boolean

  // Browsers before 2024 and the DOM used in tests have no custom states.
  readonly #states = (this as Partial<HTMLElement>).attachInternals?.().states as CustomStateSet | undefined
  #summary: Summary | null = null
  #error: Error | null = null
  #words: Messages = english
  #spoken = ''
  #following: ReturnType<typeof follow> | null = null

  constructor() {
    super()
    this.snapshot = {}
    this.cursor = -1
    this.tabular = false
  }

  /** The card's content; null while there is none. */
  get summary(): Summary | null {
    return this.#summary
  }

  get status(): 'loading' | 'ready' | 'error' {
    return this.#summary ? 'ready' : this.#error ? 'error' : 'loading'
  }

  /** When the report arrived. */
  get updatedAt(): Date | null {
    return this.snapshot.at ? new Date(this.snapshot.at) : null
  }

  /** Reloads the report. */
  async reload(): Promise<void> {
    await this.#following?.reload()
  }

  /** The card as plain text. */
  toText(): string {
    return this.#summary ? toText(this.#summary) : ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.hasUpdated) this.#follow()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#following?.stop()
    this.#following = null
  }

  /** Loads the report from `data`, from a JSON script inside the tag, or from `src`. */
  #follow(): void {
    this.#following?.stop()
    this.#following = null
    // Removed before the first update. Anything started here would never be stopped.
    if (!this.isConnected) return
    const { src, token, credentials, fetcher } = this
    const refresh = this.#refresh()
    if (this.data) this.snapshot = { report: this.data }
    else if (src) {
      this.#following = follow({ src, token, credentials, fetcher, refresh }, (snapshot) => {
        this.snapshot = snapshot
      })
    } else this.#readScript()
  }

  readonly #readScript = (): void => {
    const script = this.querySelector('script[type="application/json"]')
    if (this.data || this.src || !script) return
    try {
      this.snapshot = { report: JSON.parse(script.textContent ?? '') as Report }
    } catch (error) {
      this.snapshot = { error: error as Error }
    }
  }

  #refresh(): Refresh {
    const { refresh } = this
    if (refresh === 'live') return refresh
    return Number(refresh) > 0 ? Number(refresh) : undefined
  }

  override willUpdate(changed: PropertyValues): void {
    // Drop a report from another URL, or one that the page has removed.
    if (changed.has('src') || changed.has('data')) this.snapshot = {}
    if (!this.hasUpdated || ASKS.some((name) => changed.has(name))) this.#follow()
    if (!this.hasUpdated || [...changed.keys()].some((name) => !LOOKS.has(name))) this.#summarise()
    const summary = this.#summary
    const states = {
      loading: this.status === 'loading',
      error: this.status === 'error',
      stale: summary && this.snapshot.error,
      empty: summary?.empty,
      partial: summary?.partial,
      breach: summary?.breached,
      signal: summary?.verdict && summary.verdict.tone !== 'neutral',
    }
    for (const [name, on] of Object.entries(states)) this.#states?.[on ? 'add' : 'delete'](name)
  }

  #summarise(): void {
    const { metric, messages, snapshot } = this
    this.#words = { ...english, ...messages }
    this.#summary = null
    this.#error = snapshot.error ?? null
    if (!snapshot.report) return
    const nearest = (attribute: string) => this.closest(`[${attribute}]`)?.getAttribute(attribute) || undefined
    try {
      this.#summary = summarise(snapshot.report, metric, {
        label: this.label,
        headline: this.headline,
        compare: this.compare,
        messages,
        lang: this.lang || nearest('lang') || navigator.language,
        timeZone: this.timeZone || nearest('time-zone'),
        now: this.now ?? Date.now(),
      })
    } catch (error) {
      this.#error = error as Error
    }
  }

  protected override updated(changed: PropertyValues): void {
    const { report } = this.snapshot
    if (!changed.has('snapshot')) return
    if (this.#error) this.dispatchEvent(new NsmErrorEvent(this.#error))
    else if (report && this.#summary && this.#following) this.dispatchEvent(new NsmLoadEvent(report, this.#summary))
  }

  protected override render() {
    const { density = 'full', status } = this
    const summary = this.#summary
    const wants = (section: string) => (this.sections ?? 'trend goal inputs guardrails table').includes(section)
    return html`<article part="card" class="card ${density}" aria-busy=${status === 'loading'} aria-labelledby="label">
      ${
        summary
          ? summary.empty
            ? this.#empty(summary)
            : this.#show(summary, density, wants)
          : this.#error
            ? this.#failed(this.#error)
            : html`<slot name="loading">${skeleton(density, wants, this.label)}</slot>`
      }
      <slot ?hidden=${status !== 'error'} @slotchange=${this.#readScript}></slot>
      <p part="status" class="unseen" role="status">${status === 'loading' ? this.#words.loading : this.#spoken}</p>
    </article>`
  }

  #header({ title }: Summary) {
    return html`<header part="header" class="row">
      <h2 part="label" id="label"><slot name="label">${title}</slot></h2>
      <slot name="actions"></slot>
    </header>`
  }

  #show(summary: Summary, density: string, wants: (section: string) => boolean) {
    const { value, delta, verdict, inputs, guardrails, series, projection } = summary
    const words = this.#words
    const full = density === 'full'
    const trend = wants('trend') && series.points.length > 1
    const sides = [
      ...(wants('inputs') && inputs.rows.length > 0 ? [inputRows(inputs, words)] : []),
      ...(wants('guardrails') && guardrails.length > 0 ? [guardrailRows(guardrails, words)] : []),
    ]
    const figure = html`<p class="figure"><span part="value" class="value">${value.text}</span> <span part="unit">${value.noun}</span></p>
      ${delta ? html`<p part="delta">${course(delta)}<b>${delta.text}</b> <span class="against">${delta.against}</span></p>` : nothing}`
    if (density === 'inline') {
      return html`<span id="label" class="unseen">${summary.title}</span>${figure}${trend ? this.#trend(summary) : nothing}`
    }
    return html`${this.#header(summary)} ${this.#stale(summary)}
      <div class="head">
        <p>${summary.period}</p>
        ${figure}
        ${
          verdict
            ? html`<p part="verdict" class="flag ${verdict.tone}" title=${verdict.why || nothing}>
                ${shape(verdict.tone === 'neutral' ? 'dot' : verdict.tone === 'good' ? verdict.course : 'alert')}${verdict.text}
              </p>`
            : nothing
        }
        ${projection && full ? html`<p>${projection}</p>` : nothing}
      </div>
      ${trend ? (full && this.tabular ? periodTable(summary, words) : this.#trend(summary)) : nothing}
      ${
        full
          ? html`${wants('goal') && summary.goal ? goal(summary.goal) : nothing}
            ${sides.length > 0 ? html`<div class="sides">${sides}</div>` : nothing}
            <footer part="footer" class="row">
              <details>
                <summary>${words.counted}</summary>
                <p class="name">${summary.sentence}</p>
                <p>${[summary.owner, ...summary.notes].filter(Boolean).join(' · ')}</p>
              </details>
              ${
                wants('table') && trend
                  ? html`<button part="table-toggle" aria-pressed=${this.tabular} @click=${this.#toggle}>${words.table}</button>`
                  : nothing
              }
              <span part="updated">${summary.asOfText}</span>
              <slot name="footer"></slot>
            </footer>`
          : nothing
      }`
  }

  #trend({ series }: Summary) {
    const { points } = series
    const words = this.#words
    return html`<div
      part="chart"
      class="chart"
      tabindex="0"
      role="application"
      aria-roledescription=${words.chart}
      aria-label=${fill(words.trend, { from: points[0]?.name ?? '', to: points.at(-1)?.name ?? '' })}
      @keydown=${this.#key}
      @pointermove=${this.#point}
      @pointerdown=${this.#point}
      @pointerleave=${this.#leave}
      @blur=${this.#leave}
    >
      ${trendChart(series, this.cursor)}
    </div>`
  }

  #stale({ asOfText }: Summary) {
    return this.snapshot.error
      ? html`<p class="flag warn">${shape('alert')}${fill(this.#words.stale, { asOf: asOfText })}</p>`
      : nothing
  }

  #empty(summary: Summary) {
    const { empty, emptyHint } = this.#words
    return html`${this.#header(summary)}
      <slot name="empty"><div class="notice"><b>${empty}</b><p>${emptyHint}</p></div></slot>`
  }

  #failed(error: Error) {
    const words = this.#words
    const unauthorized = error instanceof RequestError && [401, 403].includes(error.status)
    return html`<slot name="error"><div class="notice" role="alert">
      <b id="label">${error instanceof SummaryError ? error.message : unauthorized ? words.unauthorized : words.failed}</b>
      ${this.#following ? html`<button @click=${this.reload}>${words.retry}</button>` : nothing}
    </div></slot>`
  }

  readonly #toggle = (): void => {
    this.tabular = !this.tabular
  }

  /** Selects a period, -1 for none, and notifies the page. */
  #move(index: number, speak = false): void {
    if (index === this.cursor) return
    this.cursor = index
    const summary = this.#summary
    const point = summary?.series.points[index]
    const more = point?.partial ? summary?.projection : point?.band && `${this.#words.normal} ${point.band.text}`
    this.#spoken = point && speak ? [point.name, point.text, more].filter(Boolean).join(', ') : ''
    this.dispatchEvent(new NsmInspectEvent(point ?? null))
  }

  get #last(): number {
    return (this.#summary?.series.points.length ?? 0) - 1
  }

  readonly #leave = (): void => this.#move(-1)

  readonly #key = (event: KeyboardEvent): void => {
    const last = this.#last
    const at = this.cursor
    const to = {
      ArrowLeft: at < 0 ? last : Math.max(0, at - 1),
      ArrowRight: at < 0 ? last : Math.min(last, at + 1),
      Home: 0,
      End: last,
      Escape: -1,
    }[event.key]
    if (to === undefined) return
    event.preventDefault()
    this.#move(to, true)
  }

  readonly #point = (event: PointerEvent): void => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect()
    const last = this.#last
    this.#move(Math.min(last, Math.max(0, Math.round(((event.clientX - left) / width) * last))))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'nsm-card': NsmCard
  }
}
