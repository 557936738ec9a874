import { z } from 'zod'
import { durationSchema } from '../duration.js'
import { strict } from '../strict.js'
import { idSchema, nameSchema } from './names.js'
import { whereSchema } from './where.js'

/** One event name, several, or `*`: every track, page and screen event. */
const eventNamesSchema = z.union([nameSchema, z.array(nameSchema).min(1, 'Name at least one event.')], {
  error: 'Write an event name, a list of names, or "*".',
})
export type EventNames = z.infer<typeof eventNamesSchema>

const thresholdShape = {
  gte: z.number().optional(),
  lt: z.number().optional(),
}
const hasBound = (test: { gte?: number | undefined; lt?: number | undefined }) =>
  test.gte !== undefined || test.lt !== undefined
const NEEDS_BOUND = 'A threshold needs "gte" (at least), "lt" (less than) or both.'

const thresholdSchema = strict(thresholdShape).refine(hasBound, NEEDS_BOUND)
export type Threshold = z.infer<typeof thresholdSchema>
const propertyThresholdSchema = strict({
  property: nameSchema,
  ...thresholdShape,
}).refine(hasBound, NEEDS_BOUND)
export type PropertyThreshold = z.infer<typeof propertyThresholdSchema>

/** What an entity must have done in the period to count. */
const havingSchema = strict({
  /** Whose doing it is, where the kind names no entity. */
  by: idSchema.optional(),
  count: thresholdSchema.optional(),
  days: thresholdSchema.optional(),
  sum: propertyThresholdSchema.optional(),
  unique: propertyThresholdSchema.optional(),
}).refine(
  (having) => Boolean(having.count || having.days || having.sum || having.unique),
  'Say what must be reached: count, days, sum or unique.',
)
export type Having = z.infer<typeof havingSchema>

/** `7d`: whole local days ending with the period's last day; `to-date`: since the period's start; `all`: ever. */
const windowSchema = z
  .string()
  .regex(/^([1-9]\d{0,3}d|to-date|all)$/, 'Write a window as whole days (7d), "to-date" or "all".')

const rowShape = {
  event: eventNamesSchema,
  where: whereSchema.optional(),
}
const modifierShape = {
  ...rowShape,
  having: havingSchema.optional(),
  window: windowSchema.optional(),
}

/** One end of a conversion or retention: which event, and whether only the entity's first ever counts. */
const stepSchema = strict({
  ...rowShape,
  having: havingSchema.optional(),
  first: z.boolean().optional(),
})
export type Step = z.infer<typeof stepSchema>

const countSchema = strict({ kind: z.literal('count'), ...modifierShape })
const sumSchema = strict({
  kind: z.literal('sum'),
  ...modifierShape,
  property: nameSchema,
})
const LIFECYCLES = ['new', 'returning', 'resurrected', 'dormant'] as const
const uniqueSchema = strict({
  kind: z.literal('unique'),
  of: idSchema,
  ...modifierShape,
  lifecycle: z.enum(LIFECYCLES).optional(),
})

/** What is averaged for each entity. */
const measureSchema = z.union(
  [z.literal('count'), z.literal('days'), strict({ sum: nameSchema }), strict({ unique: nameSchema })],
  {
    error: 'Measure "count", "days", {"sum": property} or {"unique": property}.',
  },
)
export type Measure = z.infer<typeof measureSchema>

const averageSchema = strict({
  kind: z.literal('average'),
  ...modifierShape,
  property: nameSchema.optional(),
  per: idSchema.optional(),
  measure: measureSchema.optional(),
  stat: z
    .string()
    .regex(
      /^(mean|median|min|max|p(100|\d{1,2}(\.\d+)?))$/,
      'Write mean, median, min, max or a percentile such as p90.',
    )
    .default('mean'),
}).superRefine((definition, context) => {
  const overEvents = definition.property !== undefined
  const overEntities = definition.per !== undefined || definition.measure !== undefined
  if (overEvents === overEntities) {
    context.addIssue({
      code: 'custom',
      message: 'Average either a "property" over events, or a "measure" over entities ("per").',
    })
  } else if (overEntities && (definition.per === undefined || definition.measure === undefined)) {
    context.addIssue({
      code: 'custom',
      message: 'An average over entities needs both "per" and "measure".',
    })
  }
})

const conversionSchema = strict({
  kind: z.literal('conversion'),
  of: idSchema,
  from: stepSchema,
  to: stepSchema,
  within: durationSchema,
  stat: z.enum(['rate', 'count', 'median_time']).default('rate'),
})

const retentionSchema = strict({
  kind: z.literal('retention'),
  of: idSchema,
  from: stepSchema,
  to: stepSchema,
  /** How many periods later. */
  after: z.int().min(0).max(1000),
  mode: z.enum(['on', 'on_or_after']).default('on'),
})

const stockSchema = strict({
  kind: z.literal('stock'),
  of: idSchema,
  ...rowShape,
  /** What the latest event must say for the entity to count. */
  state: whereSchema.optional(),
  /** Add up this property of the latest events, instead of counting entities. */
  sum: nameSchema.optional(),
  /** How long a state holds when no later event comes. */
  expires: durationSchema.optional(),
})

const derivedSchema = strict({ kind: z.literal('derived') })

const KINDS = ['count', 'sum', 'unique', 'average', 'ratio', 'conversion', 'retention', 'stock', 'derived']

/** What to say of an unknown kind; anything else about a definition has its own sentence. */
const kindSentence = (what: string, kinds: readonly string[]) => ({
  error: (issue: { code?: string }) =>
    issue.code === 'invalid_union' ? `The kind of ${what} is one of ${kinds.join(', ')}.` : undefined,
})

/** The numerator or denominator of a ratio: a metric of the tree by its id, or a definition of its own. */
const ratioPartSchema = z.union(
  [
    idSchema,
    z.lazy(() =>
      z.discriminatedUnion(
        'kind',
        [
          countSchema,
          sumSchema,
          uniqueSchema,
          averageSchema,
          ratioSchema,
          conversionSchema,
          retentionSchema,
          stockSchema,
        ],
        kindSentence('a numerator or denominator', KINDS.slice(0, -1)),
      ),
    ),
  ],
  { error: 'Name a metric of this tree, or write a definition with a "kind".' },
) as z.ZodType<RatioPart>

const ratioSchema = strict({
  kind: z.literal('ratio'),
  numerator: ratioPartSchema,
  denominator: ratioPartSchema,
})

export const definitionSchema = z.discriminatedUnion(
  'kind',
  [
    countSchema,
    sumSchema,
    uniqueSchema,
    averageSchema,
    ratioSchema,
    conversionSchema,
    retentionSchema,
    stockSchema,
    derivedSchema,
  ],
  kindSentence('a definition', KINDS),
)

export type CountDefinition = z.infer<typeof countSchema>
export type SumDefinition = z.infer<typeof sumSchema>
export type UniqueDefinition = z.infer<typeof uniqueSchema>
export type AverageDefinition = z.infer<typeof averageSchema>
export type ConversionDefinition = z.infer<typeof conversionSchema>
export type RetentionDefinition = z.infer<typeof retentionSchema>
export type StockDefinition = z.infer<typeof stockSchema>
export type DerivedDefinition = z.infer<typeof derivedSchema>
export interface RatioDefinition {
  kind: 'ratio'
  numerator: RatioPart
  denominator: RatioPart
}
export type RatioPart = string | Exclude<Definition, DerivedDefinition>
/** How a metric is counted. */
export type Definition =
  | CountDefinition
  | SumDefinition
  | UniqueDefinition
  | AverageDefinition
  | RatioDefinition
  | ConversionDefinition
  | RetentionDefinition
  | StockDefinition
  | DerivedDefinition
export type Kind = Definition['kind']
