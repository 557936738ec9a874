import { z } from 'zod'
import { durationSchema } from '../duration.js'
import { strict } from '../strict.js'

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export const GRAINS = ['day', 'week', 'month', 'quarter'] as const

/** How long a calendar period is. */
export const grainSchema = z.enum(GRAINS)
export type Grain = z.infer<typeof grainSchema>

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** An IANA time zone that this runtime knows. */
export const timeZoneSchema = z
  .string()
  .refine((name) => isTimeZone(name), 'Not an IANA time zone; write one such as UTC or America/Los_Angeles.')

export const calendarSchema = strict({
  timezone: timeZoneSchema,
  weekStart: z.enum(WEEKDAYS).default('monday'),
  grain: grainSchema.default('week'),
  /** How long after its end a period still settles. */
  allowedLateness: durationSchema.default('3d'),
})
export type Calendar = z.infer<typeof calendarSchema>
