import type { Grain } from '@nsm/schema'

/** What a color means. `good` is never used while a guardrail is breached. */
export type Tone = 'good' | 'bad' | 'warn' | 'neutral'

/** Which way a number went. Always drawn as a shape, never shown by color alone. */
export type Course = 'up' | 'down' | 'level'

/** A formatted number. */
export interface Amount {
  /** The number with its sign, digits and symbol: `1,604`, `12.5%`, `$1,200`. */
  text: string
  /** The noun after it (`teams`), or an empty string. */
  noun: string
  raw: number | null
}

/** A like-for-like change. */
export interface Delta {
  course: Course
  /** `+3.1%`, `+0.4 pp`, `+12 from 0`, `no change`. */
  text: string
  /** What it is compared with: `vs. the same point last week`. Empty if `text` includes it. */
  against: string
}

/** One period on the chart and in the table. */
export interface SeriesPoint {
  period: string
  /** `week of 12 Oct`, and `so far` while it runs. */
  name: string
  /** `12 Oct`. */
  tick: string
  value: number | null
  /** `1,604 teams`. */
  text: string
  /** Whether the period is still running, so that its value can't be compared with complete periods. */
  partial: boolean
  /** The normal band at this period, if one is drawn. */
  band: { lower: number; upper: number; text: string } | null
  /** The goal line's value at this period. */
  goal: number | null
}

/** A chart's data, independent of its size. */
export interface Series {
  points: SeriesPoint[]
  /** The expected final value of the running period. */
  projection: { value: number; lower: number; upper: number } | null
}

/** One input: a part of the metric's formula, or a driver that may influence it. */
export interface InputRow {
  metric: string
  title: string
  value: Amount
  delta: Delta | null
  series: Series
  /** Its exact share of the metric's change; null for a driver. `part` is -1 to 1, relative to the largest share. */
  share: { text: string; value: number; part: number } | null
}

export interface GuardrailRow {
  metric: string
  title: string
  value: Amount
  /** The value's period: `last week`, or `this week` if the running period is already beyond the limit. */
  period: string
  /** `limit 0.1%`. */
  limit: string
  /** `unjudged` until a complete period has a value to compare with the limit. */
  state: 'in-range' | 'worsening' | 'breached' | 'unjudged' | 'no-limit'
  /** The state in words. */
  text: string
}

export interface GoalRow {
  /** `Goal 1,900 teams by 3 Jan 2027`. */
  text: string
  /** `62% of the way`, at most 100%; `further from the goal than at the start`. */
  progress: string
  /** `ahead of plan`. */
  pace: string
  tone: Tone
  /** `needs +1.2% per week to reach the goal`, or an empty string. */
  required: string
  /** 0 to 1, for a bar. */
  done: number
  /** 0 to 1: where the plan says it should be. */
  expected: number
}

/** All texts and numbers that the card, the plain text, the image and the command line show for one metric. */
export interface Summary {
  metric: string
  title: string
  product: string
  grain: Grain
  lang: string
  /** Whether the metric has never had a value. */
  empty: boolean
  value: Amount
  /** The value's period: `This week so far`. */
  period: string
  /** Whether that period is still running. */
  partial: boolean
  delta: Delta | null
  /** The running period's expected final value in words, or an empty string. */
  projection: string
  verdict: { text: string; tone: Tone; course: Course; why: string } | null
  series: Series
  goal: GoalRow | null
  inputs: {
    title: string
    rows: InputRow[]
    /** The change that the shares add up to, `of +15`; an empty string without shares. */
    total: string
    /** The part of the change they don't explain, `+2`; an empty string if they explain all of it. */
    unexplained: string
  }
  guardrails: GuardrailRow[]
  /** Whether a guardrail or the metric's own limit is breached. */
  breached: boolean
  /** How it is counted, in plain English. */
  sentence: string
  owner: string
  /** UTC ms. */
  asOf: number
  /** `As of 14:02`. */
  asOfText: string
  /** Caveats about the data: late, lost or rejected events, or a review that is due. */
  notes: string[]
}
