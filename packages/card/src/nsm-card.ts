import type { Report } from '@nsm/schema'
import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { NsmErrorEvent, NsmInspectEvent, NsmLoadEvent } from './events.js'
import { type Fetcher, follow, type Refresh, RequestError, type Snapshot } from './live/source.js'
import { styles } from './styles.js'
import { formatTime } from './summary/date.js'
import {
  type Compare,
  english,
  type Messages,
  type SeriesPoint,
  type Summary,
  SummaryError,
  summarise,
  toText,
} from './summary/index.js'
import { fill } from './summary/messages.js'
import { readout, trendChart } from './view/chart.js'
import { change, goal, guardrailRows, inputRows } from './view/rows.js'
import { shape, verdictShape } from './view/shape.js'
import { skeleton } from './view/skeleton.js'
import { periodTable } from './view/table.js'

/** Changes of these alone do not change what the card says. */
const LOOKS = new Set<PropertyKey>(['cursor', 'tabular', 'density', 'sections'])
const ASKS = ['src', 'token', 'credentials', 'fetcher', 'refresh', 'data']

/**
 * The North Star Metric as a card.
 *
 * @slot - Shown while there is no number: without JavaScript, and after an error.
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

  /** Where the report is. */
  declare src: string | undefined
  /** Which metric; default: the report's first north star. */
  declare metric: string | undefined
  /** Instead of the metric's title. */
  declare label: string | undefined
  declare headline: 'to-date' | 'last-complete' | undefined
  declare compare: Compare | undefined
  /** Which of `trend goal inputs guardrails table` to show; default all. */
  declare sections: string | undefined
  declare density: 'full' | 'compact' | 'inline' | undefined
  /** Seconds between two requests, or `live`. */
  declare refresh: number | string | undefined
  /** The zone of clock times; default: the nearest ancestor's `time-zone`, else the report's. */
  declare timeZone: string | undefined
  /** The language; default: the nearest ancestor's. */
  declare lang: string
  declare credentials: RequestCredentials | undefined
  /** A report; no request is made then. */
  declare data: Report | undefined
  /** A read token. A property only: attributes leak. */
  declare token: string | undefined
  /** Replaces the request. */
  declare fetcher: Fetcher | undefined
  /** Words to use instead of the English ones. */
  declare messages: Partial<Messages> | undefined
  /** UTC ms, instead of the clock. */
  declare now: number | undefined

  declare private snapshot: Snapshot
  declare private cursor: number | null
  declare private tabular: boolean

  readonly #internals = this.attachInternals()
  #summary: Summary | null = null
  #error: Error | null = null
  #words: Messages = english
  #spoken = ''
  #following: ReturnType<typeof follow> | null = null

  constructor() {
    super()
    this.snapshot = {}
    this.cursor = null
    this.tabular = false
  }

  /** What the card says; null while there is nothing to say. */
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

  /** Asks for the report again. */
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

  /** From `data`, from a JSON script inside the tag, or from `src`. */
  #follow(): void {
    this.#following?.stop()
    this.#following = null
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
    if (ASKS.some((name) => changed.has(name)) || !this.hasUpdated) this.#follow()
    if ([...changed.keys()].some((name) => !LOOKS.has(name)) || !this.hasUpdated) this.#summarise()
    const { report, error } = this.snapshot
    this.#state('loading', this.status === 'loading')
    this.#state('error', this.status === 'error')
    this.#state('stale', Boolean(report && error))
    this.#state('empty', Boolean(this.#summary?.empty))
    this.#state('partial', Boolean(this.#summary?.partial))
    this.#state('breach', Boolean(this.#summary?.breached))
    this.#state('signal', Boolean(this.#summary?.verdict && this.#summary.verdict.tone !== 'neutral'))
  }

  #state(name: string, on: boolean): void {
    this.#internals.states[on ? 'add' : 'delete'](name)
  }

  #summarise(): void {
    const { metric, label, headline, compare, messages, snapshot } = this
    this.#words = { ...english, ...messages }
    const lang = this.lang || this.closest<HTMLElement>('[lang]')?.lang || navigator.language
    const timeZone = this.timeZone || this.closest('[time-zone]')?.getAttribute('time-zone') || undefined
    const now = this.now ?? Date.now()
    try {
      this.#summary = snapshot.report
        ? summarise(snapshot.report, metric, { label, headline, compare, messages, lang, timeZone, now })
        : null
      this.#error = snapshot.error ?? null
    } catch (error) {
      this.#summary = null
      this.#error = error as Error
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('snapshot')) return
    const { report } = this.snapshot
    if (this.#error) this.dispatchEvent(new NsmErrorEvent(this.#error))
    else if (report && this.#summary && this.#following) this.dispatchEvent(new NsmLoadEvent(report, this.#summary))
  }

  protected override render() {
    const summary = this.#summary
    const words = this.#words
    const density = this.density ?? 'full'
    const wants = new Set((this.sections ?? 'trend goal inputs guardrails table').split(/\s+/))
    const body = summary
      ? summary.empty
        ? this.#empty(summary)
        : this.#full(summary, density, wants)
      : this.#error
        ? this.#failed(this.#error)
        : html`<slot name="loading">${skeleton(density, wants)}</slot>`
    return html`<article
      part="card"
      class="card ${density}"
      aria-busy=${this.status === 'loading'}
      aria-label=${summary ? nothing : (this.label ?? words.loading)}
      aria-labelledby=${summary ? 'label' : nothing}
    >
      ${body} <slot ?hidden=${this.status !== 'error'} @slotchange=${this.#readScript}></slot>
      <p part="status" class="unseen" role="status">${summary ? this.#spoken : this.#error ? nothing : words.loading}</p>
    </article>`
  }

  #label(summary: Summary) {
    return html`<header part="header">
      <h2 part="label" id="label"><slot name="label">${summary.title}</slot></h2>
      <slot name="actions"></slot>
    </header>`
  }

  #full(summary: Summary, density: string, wants: Set<string>) {
    const { value, delta, verdict, inputs, guardrails, series, projection } = summary
    const words = this.#words
    const figure = html`<p class="figure">
      <span part="value">${value.text}</span> <span part="unit">${value.noun}</span>
    </p>`
    const changed = delta ? html`<p part="delta">${change(delta)}</p>` : nothing
    const trend = wants.has('trend') && series.points.length > 1
    if (density === 'inline') {
      return html`<span id="label" class="unseen"><slot name="label">${summary.title}</slot></span>
        ${figure} ${changed} ${trend ? this.#trend(summary, false) : nothing}`
    }
    const full = density === 'full'
    return html`${this.#label(summary)}
      ${this.#stale(summary)}
      <div class="head">
        <p class="period">${summary.period}</p>
        ${figure} ${changed}
        ${
          verdict && (full || verdict.tone !== 'neutral')
            ? html`<p part="verdict" class="tone ${verdict.tone}" title=${verdict.why || nothing}>
                ${verdictShape(verdict.tone, verdict.course)}<span>${verdict.text}</span>
              </p>`
            : nothing
        }
      </div>
      ${trend ? this.#trend(summary, full && this.tabular) : nothing}
      ${full && trend && projection ? html`<p class="projection muted">${projection}</p>` : nothing}
      ${full && wants.has('goal') && summary.goal ? goal(summary.goal) : nothing}
      ${full && wants.has('inputs') && inputs.rows.length > 0 ? inputRows(inputs, words.unexplained) : nothing}
      ${full && wants.has('guardrails') && guardrails.length > 0 ? guardrailRows(words.guardrails, guardrails) : nothing}
      ${
        full
          ? html`<footer part="footer">
              <details>
                <summary>${words.counted}</summary>
                <p>${summary.sentence}</p>
                <p class="muted">${[summary.owner, ...summary.notes].filter(Boolean).join(' · ')}</p>
              </details>
              ${
                wants.has('table') && trend
                  ? html`<button part="table-toggle" type="button" aria-pressed=${this.tabular} @click=${this.#toggle}>
                      ${this.tabular ? words.showChart : words.showTable}
                    </button>`
                  : nothing
              }
              <span part="updated">${summary.asOfText}</span>
              <slot name="footer"></slot>
            </footer>`
          : nothing
      }`
  }

  #trend(summary: Summary, tabular: boolean) {
    const { points } = summary.series
    if (tabular) return periodTable(summary, this.#words)
    const label = fill(this.#words.trend, { from: points[0]?.name ?? '', to: points.at(-1)?.name ?? '' })
    return html`<div
      part="chart"
      class="chart"
      tabindex="0"
      role="application"
      aria-roledescription=${this.#words.chart}
      aria-label=${label}
      @keydown=${this.#key}
      @pointermove=${this.#point}
      @pointerdown=${this.#point}
      @pointerleave=${() => this.#move(null)}
      @blur=${() => this.#move(null)}
    >
      ${trendChart(summary.series, this.cursor)}
    </div>`
  }

  #stale(summary: Summary) {
    const { at, error } = this.snapshot
    if (!error) return nothing
    const time = formatTime(at ?? summary.asOf, this.now ?? Date.now(), {
      lang: summary.lang,
      words: this.#words,
      timeZone: this.timeZone || Intl.DateTimeFormat().resolvedOptions().timeZone,
    })
    return html`<p class="stale tone warn">${shape('alert')}<span>${fill(this.#words.stale, { time })}</span></p>`
  }

  #empty(summary: Summary) {
    return html`${this.#label(summary)}
      <div class="notice">
        <slot name="empty"><p class="strong">${this.#words.empty}</p><p class="muted">${this.#words.emptyHint}</p></slot>
      </div>`
  }

  #failed(error: Error) {
    const words = this.#words
    const denied = error instanceof RequestError && (error.status === 401 || error.status === 403)
    const text = error instanceof SummaryError ? error.message : denied ? words.refused : words.failed
    return html`<div class="notice" role="alert">
      <slot name="error">
        <p class="tone bad">${shape('alert')}<span>${text}</span></p>
        ${this.#following ? html`<button type="button" @click=${() => this.reload()}>${words.retry}</button>` : nothing}
      </slot>
    </div>`
  }

  readonly #toggle = (): void => {
    this.tabular = !this.tabular
    this.#move(null)
  }

  /** Moves the cursor to a period, and tells the page. */
  #move(index: number | null, speak = false): void {
    if (index === this.cursor) return
    this.cursor = index
    const point = index === null ? undefined : this.#summary?.series.points[index]
    this.#spoken = speak && point ? this.#say(point) : ''
    this.dispatchEvent(new NsmInspectEvent(point ?? null))
  }

  #say(point: SeriesPoint): string {
    const { projection } = this.#summary as Summary
    return readout(point, point.partial ? projection : point.band ? `${this.#words.normal} ${point.band.text}` : '')
  }

  readonly #key = (event: KeyboardEvent): void => {
    const last = (this.#summary?.series.points.length ?? 0) - 1
    const at = this.cursor ?? last + 1
    const to = {
      ArrowLeft: Math.max(0, at - 1),
      ArrowRight: Math.min(last, at + 1),
      Home: 0,
      End: last,
      Escape: null,
    }[event.key]
    if (to === undefined) return
    event.preventDefault()
    this.#move(to, true)
  }

  readonly #point = (event: PointerEvent): void => {
    const plot = (event.currentTarget as Element).getBoundingClientRect()
    const last = (this.#summary?.series.points.length ?? 0) - 1
    const index = Math.round(((event.clientX - plot.left) / plot.width) * last)
    this.#move(Math.min(last, Math.max(0, index)))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'nsm-card': NsmCard
  }
}
