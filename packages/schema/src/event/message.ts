import { z } from 'zod'

/** Limits of the wire, named once. Bytes are of UTF-8 JSON after inflating. */
export const LIMITS = {
  eventBytes: 32 * 1024,
  batchEvents: 2_500,
  batchBytes: 1024 * 1024,
  idCharacters: 200,
  nameCharacters: 10_000,
} as const

export const MESSAGE_TYPES = ['track', 'identify', 'group', 'page', 'screen', 'alias'] as const
export type MessageType = (typeof MESSAGE_TYPES)[number]

const id = z
  .union([z.string().min(1).max(LIMITS.idCharacters), z.number().transform(String)], {
    error: `Write an id as a text of 1 to ${LIMITS.idCharacters} characters.`,
  })
  .nullish()
const instant = z.iso.datetime({
  offset: true,
  error: 'Write a time as ISO 8601 with a zone, such as 2026-03-02T09:00:00.000Z.',
})
const bag = z.record(z.string(), z.unknown(), { error: 'Must be an object.' })

const common = {
  messageId: z.string().min(1).max(LIMITS.idCharacters).optional(),
  userId: id,
  anonymousId: id,
  timestamp: instant.optional(),
  /** When the sender sent it by its own clock: tells a wrong clock from a late event. */
  sentAt: instant.optional(),
  /** When a collector first had it. Honoured in imports and files, ignored from the public. */
  receivedAt: instant.optional(),
  context: bag.nullish(),
}

const message = <T extends MessageType, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.looseObject({ type: z.literal(type), ...common, ...shape })

const name = z
  .string({ error: 'A track needs its "event": a name.' })
  .min(1, 'A name cannot be empty.')
  .max(LIMITS.nameCharacters)

/** One message as Segment's libraries send it. Unknown keys are let through: every library adds its own. */
export const messageSchema = z
  .discriminatedUnion(
    'type',
    [
      message('track', { event: name, properties: bag.nullish() }),
      message('identify', { traits: bag.nullish() }),
      message('group', {
        groupId: id.refine((value) => value != null, 'A group needs its "groupId".'),
        traits: bag.nullish(),
      }),
      message('page', {
        name: z.string().nullish(),
        category: z.string().nullish(),
        properties: bag.nullish(),
      }),
      message('screen', {
        name: z.string().nullish(),
        category: z.string().nullish(),
        properties: bag.nullish(),
      }),
      message('alias', {
        previousId: id.refine((value) => value != null, 'An alias needs its "previousId".'),
      }),
    ],
    { error: `The type is one of ${MESSAGE_TYPES.join(', ')}.` },
  )
  .refine((event) => event.userId != null || event.anonymousId != null, {
    path: ['userId'],
    message: 'Say who it was: a "userId" or an "anonymousId".',
  })
export type Message = z.infer<typeof messageSchema>

/** The body of `POST /v1/batch`, before its messages are looked at one by one: one bad event never takes its batch with it. */
export const batchSchema = z.looseObject({
  writeKey: z.string().optional(),
  batch: z.array(z.unknown(), { error: 'Send { "batch": [messages] }.' }),
  sentAt: instant.optional().catch(undefined),
  context: bag.nullish(),
})
export type Batch = z.infer<typeof batchSchema>
