import type { QueryResult, Report } from '@nsm/schema'
import { ask } from '../service/ask.js'
import type { Heading } from './format.js'
import { type QueryFlags, toRequest } from './to-request.js'

/**
 * Queries a running service. Its report gives the metrics' names, the north star and the calendar.
 * @param now ms since the epoch
 */
export async function queryService(
  url: string,
  token: string | undefined,
  flags: QueryFlags,
  now: number,
): Promise<{ result: QueryResult; heading: Heading }> {
  const service = { url, token }
  const report = (await ask(service, 'v1/report')) as Report
  const request = toRequest(report, flags, now)
  const { title, unit, sentence } = report.metrics[request.metric] as Report['metrics'][string]
  const { metric, grain, from, to, asOf, segment } = request
  const result = (await ask(service, 'v1/query', { metric, grain, from, to, asOf, segment })) as QueryResult
  return { result, heading: { title, unit, sentence } }
}
