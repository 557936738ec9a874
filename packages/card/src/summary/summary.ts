import type { Grain } from '@nsm/schema'

/** What a color may say. `good` never appears while a guardrail stands breached. */
export type Tone = 'good' | 'bad' | 'warn' | 'neutral'

/** Which way a number went: drawn as a shape, never told by color alone. */
export type Course = 'up' | 'down' | 'level'

/** A number ready to show. */
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
  /** What it is measured against: `vs. the same point last week`. Empty for `text` that says it all. */
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
  /** Still running: its value is not comparable with whole periods. */
  partial: boolean
  /** The normal band at this period, if one is drawn. */
  band: { lower: number; upper: number; text: string } | null
  /** Where the goal's path is at this period. */
  goal: number | null
}

/** What a chart shows, without a size. */
export interface Series {
  points: SeriesPoint[]
  /** Where the running period may end. */
  projection: { value: number; lower: number; upper: number } | null
}

/** One input: a component of the metric, or a driver believed to move it. */
export interface InputRow {
  metric: string
  title: string
  value: Amount
  delta: Delta | null
  series: Series
  /** Its exact share of the metric's change; null for a driver, which gets no credit. `part` is -1 to 1 of the largest. */
  share: { text: string; value: number; part: number } | null
}

export interface GuardrailRow {
  metric: string
  title: string
  value: Amount
  /** When it had that value: `last week`, or `this week` where the running period is beyond the limit already. */
  period: string
  /** `limit 0.1%`. */
  limit: string
  /** `unjudged` while it has no value, or none of a whole period to hold against its limit. */
  state: 'in-range' | 'worsening' | 'breached' | 'unjudged' | 'no-limit'
  /** The state in words. */
  text: string
}

export interface GoalRow {
  /** `Goal 1,900 teams by 3 Jan 2027`. */
  text: string
  /** `62% of the way`, at most 100%; `further off than at the start`. */
  progress: string
  /** `ahead of plan`. */
  pace: string
  tone: Tone
  /** `needs +1.2% a week from here`, or an empty string. */
  required: string
  /** 0 to 1, for a bar. */
  done: number
  /** 0 to 1: where the plan says it should be. */
  expected: number
}

/** Every word and number that the card, the text, the picture and the command line show of one metric. */
export interface Summary {
  metric: string
  title: string
  product: string
  grain: Grain
  lang: string
  /** Nothing was ever measured. */
  empty: boolean
  value: Amount
  /** Which period the value is of: `This week so far`. */
  period: string
  /** The value is of a period that still runs. */
  partial: boolean
  delta: Delta | null
  /** Where the running period may end, in words, or an empty string. */
  projection: string
  verdict: { text: string; tone: Tone; course: Course; why: string } | null
  series: Series
  goal: GoalRow | null
  inputs: {
    title: string
    rows: InputRow[]
    /** The change that the shares add up to, `of +15`; an empty string without shares. */
    total: string
    /** What they leave unexplained, `+2`; an empty string where nothing is. */
    unexplained: string
  }
  guardrails: GuardrailRow[]
  /** A guardrail, or the metric's own limit, stands breached. */
  breached: boolean
  /** How it is counted, in plain English. */
  sentence: string
  owner: string
  /** UTC ms. */
  asOf: number
  /** `As of 14:02`. */
  asOfText: string
  /** What a careful reader must know of the data: late, lost, rejected events; a due review. */
  notes: string[]
}
