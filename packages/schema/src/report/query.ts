import { z } from 'zod'
import { GRAINS } from '../tree/calendar.js'
import { localDateSchema } from '../tree/names.js'

const instantSchema = z.iso.datetime()

/** `open` while it runs, `settling` while late events may still come, then `final`. */
const stateSchema = z.enum(['open', 'settling', 'final'])

/** One period of one metric. */
export const pointSchema = z.object({
  /** The local date on which the period starts. */
  period: localDateSchema,
  /** UTC instants, half open. */
  start: instantSchema,
  end: instantSchema,
  /** `null` where the number is undefined, never 0 instead. */
  value: z.number().nullable(),
  state: stateSchema,
  /** Of a ratio, conversion or retention. */
  numerator: z.number().nullable().optional(),
  denominator: z.number().nullable().optional(),
})
export type Point = z.infer<typeof pointSchema>
export type PeriodState = z.infer<typeof stateSchema>

export const QUERY_GRAINS = [...GRAINS, 'range'] as const

/** What can be asked of one metric. Dates are local and inclusive; periods snap outward. */
export const queryRequestSchema = z.strictObject({
  metric: z.string(),
  grain: z.enum(QUERY_GRAINS),
  from: localDateSchema,
  to: localDateSchema,
  /** See only what was received by this instant. */
  asOf: z.iso.datetime({ offset: true }).optional(),
  /** A segment id of the tree. */
  segment: z.string().optional(),
})
export type QueryRequest = z.infer<typeof queryRequestSchema>

/** What `nsm query --json` prints. */
export const queryResultSchema = z.object({
  metric: z.string(),
  kind: z.string(),
  grain: z.enum(QUERY_GRAINS),
  timeZone: z.string(),
  asOf: instantSchema,
  points: z.array(pointSchema),
  /** By segment value; `(none)` for events without one. */
  segments: z.record(z.string(), z.array(pointSchema)).optional(),
  /** Values that numeric measures skipped, by the type they had. */
  ignored: z.record(z.string(), z.number()).optional(),
})
export type QueryResult = z.infer<typeof queryResultSchema>
