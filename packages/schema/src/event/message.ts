import { z } from 'zod'
import { readTime } from './time.js'

/** Limits of the wire, named once. Bytes are of UTF-8 JSON after inflating. */
export const LIMITS = {
  eventBytes: 32 * 1024,
  batchEvents: 2_500,
  batchBytes: 1024 * 1024,
  idCharacters: 200,
  nameCharacters: 10_000,
  /** Of objects and lists inside each other, below the message itself. */
  levels: 32,
} as const

export const MESSAGE_TYPES = ['track', 'identify', 'group', 'page', 'screen', 'alias'] as const
export type MessageType = (typeof MESSAGE_TYPES)[number]

// JSON.parse has already rounded a larger integer: it would be somebody else's id.
const isExact = (value: unknown) => typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)
const INEXACT_ID = 'A JSON number this large loses digits; send the id as a string.'

// An empty id is no id: RudderStack's and Segment's libraries send '' and null before the first login.
const id = z
  .union(
    [
      z.string().max(LIMITS.idCharacters, `An id has at most ${LIMITS.idCharacters} characters.`),
      z.number().refine(isExact, INEXACT_ID),
      z.null(),
    ],
    { error: `Write an id as a string of up to ${LIMITS.idCharacters} characters, or as a number.` },
  )
  .transform((value) => {
    if (value === null) return undefined
    const text = String(value)
    return text.trim() === '' ? undefined : text
  })
  .optional()

/** ms since the epoch. Without a zone it is UTC, as Segment and RudderStack document their times to be. */
const instant = z
  .union([z.string(), z.number(), z.null()], {
    error: 'Write a time as ISO 8601, such as 2026-03-02T09:00:00.000Z, or as milliseconds since 1970.',
  })
  .transform((value, context) => {
    if (value === null || value === '') return undefined
    const time = readTime(value)
    if (time.ok) return time.ms
    context.addIssue({ code: 'custom', message: time.message, input: value })
    return z.NEVER
  })
  .optional()

// PHP writes an empty map as [].
const bag = z
  .union(
    [
      z.record(z.string(), z.unknown()),
      z
        .array(z.unknown())
        .max(0, 'Write an object in { } here; a list has no names for its values.')
        .transform((): Record<string, unknown> => ({})),
      z.null(),
    ],
    {
      error: ({ input }) =>
        typeof input === 'string' ? 'Write an object in { } here, not a string.' : 'Write an object in { } here.',
    },
  )
  .transform((value) => value ?? undefined)
  .optional()

const context = bag.superRefine((value, { addIssue }) => {
  if (!value) return
  const { groupId, groups } = value
  if (!isExact(groupId)) addIssue({ code: 'custom', path: ['groupId'], message: INEXACT_ID })
  if (typeof groups !== 'object' || groups === null) return
  for (const [type, group] of Object.entries(groups)) {
    if (!isExact(group)) addIssue({ code: 'custom', path: ['groups', type], message: INEXACT_ID })
  }
})

/** The name or category of a page. If it is neither a string nor a number, the event goes without it. */
const label = z
  .union([z.string(), z.number().transform(String), z.null()])
  .optional()
  .catch(undefined)

const common = {
  messageId: id,
  userId: id,
  anonymousId: id,
  /** When it happened by the sender's clock: Segment's name for it. */
  timestamp: instant,
  /** The same: RudderStack's name for it, and Segment's in archives. */
  originalTimestamp: instant,
  /** When the sender sent it by its own clock: tells a wrong clock from a late event. Unreadable, it corrects nothing. */
  sentAt: instant.catch(undefined),
  /** When a collector first had it. Honored in imports and files, ignored from the public. */
  receivedAt: instant,
  context,
}

const message = <T extends MessageType, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.looseObject({ type: z.literal(type), ...common, ...shape })

const name = z
  .string({ error: 'A track needs its "event": a name.' })
  .min(1, 'A name cannot be empty.')
  .max(LIMITS.nameCharacters, `A name has at most ${LIMITS.nameCharacters} characters.`)

const page = { name: label, category: label, properties: bag }

/** `Track` is `track`: some senders capitalize the type. */
function withLowerCaseType(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || !('type' in raw) || typeof raw.type !== 'string') return raw
  const type = raw.type.toLowerCase()
  return type === raw.type ? raw : { ...raw, type }
}

/**
 * One message as Segment's and RudderStack's libraries send it. Times become ms since the epoch and ids strings;
 * what is empty is absent. Unknown keys are let through: every library adds its own.
 */
export const messageSchema = z
  .preprocess(
    withLowerCaseType,
    z.discriminatedUnion(
      'type',
      [
        message('track', { event: name, properties: bag }),
        message('identify', { traits: bag }),
        message('group', {
          groupId: id.refine((value) => value !== undefined, 'A group needs its "groupId".'),
          traits: bag,
        }),
        message('page', page),
        message('screen', page),
        message('alias', {
          previousId: id.refine((value) => value !== undefined, 'An alias needs its "previousId".'),
        }),
      ],
      { error: `The type is one of ${MESSAGE_TYPES.join(', ')}.` },
    ),
  )
  .refine((event) => event.userId !== undefined || event.anonymousId !== undefined, {
    path: ['userId'],
    message: 'Say who it was: a "userId" or an "anonymousId" that is not empty.',
  })
export type Message = z.infer<typeof messageSchema>

/**
 * The body of `POST /v1/batch`, before its messages are looked at one by one: one bad event never takes its batch with
 * it, nor does anything beside `batch`.
 */
export const batchSchema = z.looseObject({
  writeKey: z.string().optional().catch(undefined),
  batch: z.array(z.unknown(), { error: 'Send { "batch": [messages] }.' }),
  sentAt: instant.catch(undefined),
  context: bag.catch(undefined),
})
export type Batch = z.infer<typeof batchSchema>
