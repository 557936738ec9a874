import { z } from 'zod'
import { strict } from '../strict.js'

const formSchema = z.string().min(1, 'A form of a noun cannot be empty.')

/** A noun by CLDR plural category; English has `one` and `other`. */
export const nounFormsSchema = strict({
  zero: formSchema.optional(),
  one: formSchema.optional(),
  two: formSchema.optional(),
  few: formSchema.optional(),
  many: formSchema.optional(),
  other: formSchema,
})
export type NounForms = z.infer<typeof nounFormsSchema>

/** What things are called: `{ "one": "lesson", "other": "lessons" }`, or one text for every number. */
export const nounSchema = z.union([formSchema, nounFormsSchema], {
  error: 'Write {"one": "lesson", "other": "lessons"}, or one text for every number.',
})
export type Noun = z.infer<typeof nounSchema>
