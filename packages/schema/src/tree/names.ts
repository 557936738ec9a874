import { z } from 'zod'

/** Metric, entity and segment ids. */
export const idSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'Ids are lower case: a letter first, then letters, digits and underscores.')

/** Event and property names are whatever the product sends. */
export const nameSchema = z.string().min(1, 'A name cannot be empty.')

/** A local calendar date, `2026-03-02`. */
export const localDateSchema = z.iso.date('Write a date as YYYY-MM-DD.')
