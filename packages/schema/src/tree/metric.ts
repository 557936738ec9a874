import { z } from 'zod'
import { strict } from '../strict.js'
import { definitionSchema } from './definition.js'
import { idSchema, localDateSchema, nameSchema } from './names.js'
import { nounFormsSchema } from './noun.js'

const unitNameSchema = z
  .string()
  .min(1)
  .refine(
    (unit) => !unit.startsWith('currency:') || /^currency:[A-Z]{3}$/.test(unit),
    'Write a currency as currency:USD.',
  )
  .refine(
    (unit) => !unit.startsWith('duration:') || /^duration:(s|min|h)$/.test(unit),
    'Write a duration unit as duration:s, duration:min or duration:h.',
  )

/**
 * A noun (`{ "one": "team", "other": "teams" }`, or one text for every number), `percent` (stored 0..1), `currency:USD`,
 * or `duration:s`, `duration:min`, `duration:h`.
 */
export const unitSchema = z.union([unitNameSchema, nounFormsSchema], {
  error: 'Write a unit such as "percent" or "currency:USD", or a noun as {"one": "team", "other": "teams"}.',
})
export type Unit = z.infer<typeof unitSchema>

/** A change to reach: `+20%` of the baseline, or the value itself. */
const targetSchema = z.union([z.number(), z.string().regex(/^[+-]\d+(\.\d+)?%$/)], {
  error: 'Write a target as a number, or as a change such as "+20%".',
})

const goalSchema = strict({
  target: targetSchema,
  from: localDateSchema,
  by: localDateSchema,
  path: z.enum(['linear', 'compound']).default('linear'),
  /** The value at `from`; without it, the last complete period before `from`. */
  baseline: z.number().optional(),
}).refine((goal) => goal.from < goal.by, {
  path: ['by'],
  message: 'A goal ends after it starts.',
})
export type Goal = z.infer<typeof goalSchema>

const scoreOfTen = z.number().min(1).max(10)

const betSchema = strict({
  id: idSchema,
  title: z.string().min(1),
  because: z.string().optional(),
  expect: z
    .string()
    .regex(/^[+-]\d+(\.\d+)?%$/, 'Write what you expect as a change, such as "+15%".')
    .optional(),
  experiment: z.string().optional(),
  /** Impact, confidence, ease; 1 to 10 each. */
  ice: z.tuple([scoreOfTen, scoreOfTen, scoreOfTen]).optional(),
  outcome: z.enum(['open', 'won', 'lost', 'inconclusive']).default('open'),
})

const limitSchema = strict({
  min: z.number().optional(),
  max: z.number().optional(),
})
  .refine((limit) => limit.min !== undefined || limit.max !== undefined, 'A limit needs "min", "max" or both.')
  .refine(
    (limit) => limit.min === undefined || limit.max === undefined || limit.min <= limit.max,
    'The minimum is above the maximum.',
  )
export type Limit = z.infer<typeof limitSchema>

/** A term of a sum, always `[id, weight]` once it is read: an id alone weighs 1. */
const termSchema = z.union([idSchema.transform((id): [string, number] => [id, 1]), z.tuple([idSchema, z.number()])], {
  error: 'Write a metric id, or [id, weight].',
})

const formulaSchema = z.union(
  [
    strict({ product: z.array(idSchema).min(1, 'Name at least one metric.') }),
    strict({ sum: z.array(termSchema).min(1, 'Name at least one metric.') }),
  ],
  { error: 'Write {"product": [ids]} or {"sum": [ids or [id, weight]]}.' },
)
/** Arithmetic that must hold in every period. */
export type Formula = z.infer<typeof formulaSchema>

export const metricSchema = strict({
  title: nameSchema,
  description: z.string().optional(),
  unit: unitSchema.optional(),
  direction: z.enum(['up', 'down']).default('up'),
  owner: z.string().optional(),
  team: z.string().optional(),
  definition: definitionSchema,
  formula: formulaSchema.optional(),
  /** Beliefs about what moves this metric; never given a share of the credit. */
  drivers: z.array(idSchema).default([]),
  goals: z.array(goalSchema).default([]),
  bets: z.array(betSchema).default([]),
  limit: limitSchema.optional(),
})
export type Metric = z.infer<typeof metricSchema>
