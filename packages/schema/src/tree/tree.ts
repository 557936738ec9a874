import { z } from 'zod'
import { dateDurationSchema, durationSchema } from '../duration.js'
import { strict } from '../strict.js'
import { calendarSchema } from './calendar.js'
import { metricSchema } from './metric.js'
import { idSchema, localDateSchema, nameSchema } from './names.js'
import { nounSchema } from './noun.js'
import { whereSchema } from './where.js'

/** Where the id of an entity stands in an event. */
const entityPathSchema = z
  .string()
  .regex(
    /^(userId|anonymousId|groupId|(context|properties|traits)(\.[^.]+)+)$/,
    'Write a path into the event, such as context.groupId or properties.listing_id.',
  )

const entitySchema = strict({
  /** What sentences call it. */
  label: nounSchema.optional(),
  id: entityPathSchema.optional(),
})

const eventDeclarationSchema = strict({
  /** Whether this event is a moment in which a customer gets value. */
  value: z.boolean().optional(),
  /** What sentences call it; without it, its name in quotes. */
  noun: nounSchema.optional(),
  description: z.string().optional(),
  properties: z.record(nameSchema, z.enum(['string', 'number', 'boolean', 'array', 'object'])).optional(),
})

const segmentSchema = strict({
  label: z.string().optional(),
  property: nameSchema,
  /** Lower bounds, ascending: `[1, 5, 20]` gives `<1`, `1-5`, `5-20` and `20+`. */
  buckets: z
    .array(z.number())
    .min(1)
    .refine(
      (bounds) => bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] as number)),
      'Buckets are bounds in ascending order.',
    )
    .optional(),
})
export type Segment = z.infer<typeof segmentSchema>

const northStarSchema = z
  .array(idSchema)
  .min(1, 'Name the north star: one metric id.')
  .max(2, 'A product has one north star, or two when it serves two sides; with three nobody knows which one wins.')

const decisionSchema = strict({
  criteria: z.array(z.string().min(1)).default([]),
  weights: z.array(z.number().min(0)).optional(),
  candidates: z
    .array(
      strict({
        name: z.string().min(1),
        scores: z.array(z.number()),
        /** The metric of this tree that the candidate is, so that it can be tested on past events. */
        metric: idSchema.optional(),
        definition: metricSchema.shape.definition.optional(),
      }),
    )
    .default([]),
  pressure: strict({
    value: z.string().optional(),
    gaming: z.string().optional(),
    revenue: z.string().optional(),
    hallway: z.string().optional(),
  }).optional(),
})

export const treeShapeSchema = strict({
  $schema: z.string().optional(),
  version: z.literal(1, { error: 'This release reads version 1.' }),
  product: nameSchema,
  calendar: calendarSchema,
  entities: z.record(idSchema, entitySchema).default({}),
  events: z.record(nameSchema, eventDeclarationSchema),
  exclude: whereSchema.optional(),
  segments: z.record(idSchema, segmentSchema).default({}),
  northStar: northStarSchema,
  guardrails: z.array(idSchema).default([]),
  revenue: strict({
    metric: idSchema,
    lag: durationSchema.optional(),
  }).optional(),
  review: strict({
    adopted: localDateSchema.optional(),
    every: dateDurationSchema.optional(),
    stableFor: dateDurationSchema.optional(),
    why: z.string().optional(),
  }).optional(),
  decision: decisionSchema.optional(),
  metrics: z.record(idSchema, metricSchema),
})

/** A metric tree whose shape is right and whose names all resolve. */
export type Tree = z.infer<typeof treeShapeSchema>
/** The same as it is written in `northstar.json`, with defaults left out. */
export type TreeInput = z.input<typeof treeShapeSchema>
