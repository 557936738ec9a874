import { GRAINS, MAX_REPORT_PERIODS } from '@nsm/schema'
import { z } from 'zod'

export const reportParametersSchema = z.strictObject({
  metric: z.string().min(1).optional(),
  grain: z.enum(GRAINS, { error: `A grain is one of ${GRAINS.join(', ')}.` }).optional(),
  periods: z.coerce
    .number({ error: 'Write a whole number.' })
    .int()
    .min(1, { error: 'Ask for at least one period.' })
    .max(MAX_REPORT_PERIODS, {
      error: `A report has at most ${MAX_REPORT_PERIODS} complete periods. Use a query for more.`,
    })
    .optional(),
  asOf: z.iso
    .datetime({ offset: true, error: 'Write a time as ISO 8601 with a zone, such as 2026-03-02T09:00:00Z.' })
    .transform((text) => Date.parse(text))
    .optional(),
  segment: z.string().min(1).optional(),
})

/** What can be asked of a report: which metric, grain, how many periods, as of when (ms), by which segment. */
export type ReportParameters = z.output<typeof reportParametersSchema>
