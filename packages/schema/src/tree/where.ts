import { z } from 'zod'
import { strict } from '../strict.js'

const scalarSchema = z.union([z.string(), z.number(), z.boolean()], {
  error: 'Compare with a string, a number or a boolean.',
})
export type Scalar = z.infer<typeof scalarSchema>

const scalarListSchema = z.array(scalarSchema).min(1, 'An empty list matches nothing; leave the filter out.')

const operatorsSchema = strict({
  not: z.union([scalarSchema, scalarListSchema]).optional(),
  gt: z.number().optional(),
  gte: z.number().optional(),
  lt: z.number().optional(),
  lte: z.number().optional(),
  exists: z.boolean().optional(),
  contains: z.string().min(1).optional(),
}).refine((test) => Object.keys(test).length > 0, 'An empty test matches everything; leave it out.')
export type Operators = z.infer<typeof operatorsSchema>

const testSchema = z.union([scalarSchema, scalarListSchema, operatorsSchema])

/** What one property must be: a value, one of a list, or a test. */
export type PropertyTest = z.infer<typeof testSchema>

/**
 * A filter on one event: every key must hold; `any` holds when one of its filters does.
 * (A property that is itself called `any` can still be compared with a value, a list of values or a test.)
 */
export interface Where {
  any?: Where[] | PropertyTest | undefined
  [property: string]: PropertyTest | Where[] | undefined
}

export const whereSchema: z.ZodType<Where> = z
  .object({
    get any() {
      return z
        .union([z.array(whereSchema).min(1, 'An empty list matches nothing; leave it out.'), testSchema])
        .optional()
    },
  })
  .catchall(testSchema)
  .refine((where) => Object.keys(where).length > 0, 'An empty filter matches everything; leave it out.')
