import { z } from 'zod'
import { grainSchema, WEEKDAYS } from '../tree/calendar.js'
import { unitSchema } from '../tree/metric.js'
import { localDateSchema } from '../tree/names.js'
import { changeSchema } from './change.js'
import { pointSchema } from './query.js'

/** A report has at most this many complete periods. */
export const MAX_REPORT_PERIODS = 500

const instantSchema = z.iso.datetime()
const value = z.number().nullable()

/** The normal band: natural process limits of an XmR chart (Wheeler 1993). */
const bandSchema = z.object({
  /** What the limits were drawn from. */
  method: z.enum(['raw', 'log_trend']),
  /** By period, so that a trend's band can slope. Clipped to what the metric can be. */
  points: z.array(
    z.object({
      period: localDateSchema,
      lower: z.number(),
      centre: z.number(),
      upper: z.number(),
    }),
  ),
})

const verdictSchema = z.object({
  state: z.enum(['within', 'above', 'below', 'shifted', 'not_enough_history', 'not_applicable']),
  /** Since which period, for a shift. */
  since: localDateSchema.optional(),
  /** Why there is no verdict, in one sentence. */
  why: z.string().optional(),
})

const headlineSchema = z.object({
  /** The last complete period. */
  period: localDateSchema,
  value,
  /** The complete period before it. */
  previous: value,
  change: changeSchema,
  /** The same period a year before (52 weeks for weeks). */
  yearBefore: value.optional(),
  /** The change since then. */
  yearChange: changeSchema.optional(),
})

const toDateSchema = z.object({
  period: localDateSchema,
  value,
  /** The running period's last instant that counts: the report's `asOf`. */
  until: instantSchema,
  /** The previous period up to the same local wall-clock point; `clamped` when that point does not exist in it. */
  samePoint: z
    .object({
      period: localDateSchema,
      value,
      until: instantSchema,
      clamped: z.boolean(),
    })
    .nullable(),
  change: changeSchema.nullable(),
  /** Where the whole period may end, from how complete the last eight were at this point; null under four. */
  projection: z
    .object({
      value: z.number(),
      lower: z.number(),
      upper: z.number(),
      periods: z.int(),
    })
    .nullable(),
})

const goalSchema = z.object({
  target: z.number(),
  baseline: z.number(),
  from: localDateSchema,
  by: localDateSchema,
  path: z.enum(['linear', 'compound']),
  /** Where the path says the metric should be at the end of the last complete period. */
  expected: z.number(),
  /** The same at the end of each of the report's periods that the goal covers, in order. */
  points: z.array(z.object({ period: localDateSchema, expected: z.number() })),
  /** (current − baseline) / (target − baseline). */
  progress: value,
  pace: z.enum(['ahead', 'on_track', 'behind']),
  /** Growth a period still needed to arrive in time, as a ratio. */
  required: value,
})

const contributionSchema = z.object({
  metric: z.string(),
  change: changeSchema,
  /** Its exact share of the change, in the parent's unit. */
  contribution: z.number(),
})

/** How segments share the headline's change; shares and overlap add up to it. */
const segmentSharesSchema = z.object({
  shares: z.array(
    z.object({
      segment: z.string(),
      change: changeSchema,
      contribution: z.number(),
      /** Of a rate: what the segment's weight in the whole brought, and what its own rate did (Kitagawa 1955). */
      mix: z.number().optional(),
      rate: z.number().optional(),
    }),
  ),
  /** What entities in several segments at once make of the change; 0 where none can be. */
  overlap: z.number(),
})

const restatementSchema = z.object({
  period: localDateSchema,
  /** First value reported after the period was final. */
  first: value,
  now: value,
  /** How many events came after that. */
  events: z.int(),
})

/** One metric, with all a card says of it. */
const metricReportSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** How it is counted, in plain English. */
  sentence: z.string(),
  unit: unitSchema.nullable(),
  direction: z.enum(['up', 'down']),
  kind: z.string(),
  owner: z.string().nullable(),
  team: z.string().nullable(),
  definitionHash: z.string(),
  /** Why this metric could not be computed; it has no numbers then. */
  error: z.object({ code: z.string(), path: z.string(), message: z.string() }).optional(),
  points: z.array(pointSchema),
  headline: headlineSchema.nullable(),
  toDate: toDateSchema.nullable(),
  normal: bandSchema.nullable(),
  verdict: verdictSchema,
  goal: goalSchema.nullable(),
  limit: z
    .object({
      min: z.number().nullable(),
      max: z.number().nullable(),
      /**
       * Where it is passed: in the last complete period, or in the running one where the value can only grow. Null while
       * the limit holds.
       */
      breach: z.object({ period: localDateSchema, value: z.number(), side: z.enum(['above', 'below']) }).nullable(),
    })
    .nullable(),
  /** The direct inputs by `formula`, with their exact shares of the headline's change. */
  contributions: z.array(contributionSchema),
  /** Ids of the direct inputs by `formula`, also while there is no change to share. */
  inputs: z.array(z.string()).optional(),
  /** What the contributions leave of the headline's change: the two add up to it. Null without contributions. */
  residual: value,
  /** Ids of the metrics believed to move this one. */
  drivers: z.array(z.string()),
  segments: z.record(z.string(), z.array(pointSchema)).optional(),
  /** With segments, where the number is one that segments can share. */
  segmentShares: segmentSharesSchema.optional(),
  restatements: z.array(restatementSchema),
})
export type MetricReport = z.infer<typeof metricReportSchema>

const signalSchema = z.object({
  metric: z.string(),
  period: localDateSchema,
  kind: z.enum([
    'limit_breach',
    'outside_control_limits',
    'shift',
    'near_control_limits',
    'revenue_divergence',
    'formula_mismatch',
  ]),
  direction: z.enum(['good', 'bad', 'neutral']),
  message: z.string(),
})

const qualitySchema = z.object({
  /** Events seen in the report's range. */
  events: z.int(),
  /** Received more than an hour after they happened. */
  late: z.int(),
  /** Numbered by the SDK but never received, in the last complete and the running period; null where nothing is numbered. */
  lost: z.int().nullable(),
  /** Rejected by the collector; null where the report has no collector to ask. */
  rejected: z.int().nullable(),
  /** Values that numeric measures skipped, by metric and type. */
  ignored: z.record(z.string(), z.record(z.string(), z.number())),
  /** The last event's receipt. */
  lastReceivedAt: instantSchema.nullable(),
})

/** The one document a card needs. */
export const reportSchema = z.object({
  schema: z.literal(1),
  asOf: instantSchema,
  product: z.string(),
  calendar: z.object({
    timezone: z.string(),
    weekStart: z.enum(WEEKDAYS),
    grain: grainSchema,
    allowedLateness: z.string(),
  }),
  northStar: z.array(z.string()),
  guardrails: z.array(z.string()),
  revenue: z
    .object({
      metric: z.string(),
      divergence: z.enum(['healthy', 'watch', 'diverging', 'declining', 'insufficient_data']),
    })
    .nullable(),
  /** When the tree is due for its next review. */
  review: z.object({ due: localDateSchema, overdue: z.boolean() }).nullable(),
  metrics: z.record(z.string(), metricReportSchema),
  signals: z.array(signalSchema),
  quality: qualitySchema,
})
export type Report = z.infer<typeof reportSchema>
export type Signal = Report['signals'][number]
