import type { Report } from '@nsm/schema'

/** A report without the instants that move with the clock alone: what makes it another report. */
export function reportEtagInput(report: Report): object {
  return {
    ...report,
    asOf: null,
    metrics: Object.entries(report.metrics).map(([id, metric]) => [
      id,
      metric.toDate === null
        ? metric
        : {
            ...metric,
            toDate: {
              ...metric.toDate,
              until: null,
              samePoint: metric.toDate.samePoint && { ...metric.toDate.samePoint, until: null },
            },
          },
    ]),
  }
}
