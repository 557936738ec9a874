import { z } from 'zod'
import { codeSchema } from '../http/codes.js'

const rejectionSchema = z.object({
  /** The message's place in its batch. */
  i: z.int(),
  status: z.int(),
  code: codeSchema,
  message: z.string(),
  path: z.string().exactOptional(),
})

/** Why one message was not kept. */
export type Rejection = z.infer<typeof rejectionSchema>

export const answerSchema = z.object({
  success: z.boolean(),
  accepted: z.int(),
  duplicate: z.int(),
  rejected: z.int(),
  results: z.array(rejectionSchema),
})

/** The answer to a batch; `results` lists only what was not kept. */
export type Answer = z.infer<typeof answerSchema>
