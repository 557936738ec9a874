import { z } from 'zod'

/** Metric, entity and segment ids. */
export const idSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, 'Ids are lower case: a letter first, then letters, digits and underscores.')

/** The one name that a JavaScript object cannot hold as others: events lose such a property on their way. */
export const NO_NAME = '__proto__'
export const NO_NAME_SENTENCE =
  'Nothing can be called "__proto__": JavaScript keeps that name for itself, so events come without it. Send it by another name.'

/** Event and property names are whatever the product sends. */
export const nameSchema = z
  .string()
  .min(1, 'A name cannot be empty.')
  .refine((name) => name !== NO_NAME, NO_NAME_SENTENCE)

/** A local calendar date, `2026-03-02`. */
export const localDateSchema = z.iso.date('Write a date as YYYY-MM-DD.')
