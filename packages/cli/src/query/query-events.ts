import type { Event, QueryRequest, QueryResult, Tree } from '@nsm/schema'
import { usageError } from '../failure.js'
import { readEvent } from '../input/message.js'
import { withEvents } from './with-events.js'

/**
 * Runs one query over messages only, as `nsm query --events` does. The conformance vectors test this function.
 * The messages go into a temporary store. Their `receivedAt` is kept; without one, a message counts as received when it
 * happened.
 *
 * @param messages Segment messages, as parsed JSON
 * @param now ms since the epoch; the request's `asOf`, if set, decides which events count
 * @throws Failure for an invalid message; EngineError for a request that the tree cannot answer
 */
export async function queryEvents(
  tree: Tree,
  messages: Iterable<unknown> | AsyncIterable<unknown>,
  request: QueryRequest,
  now: number,
): Promise<QueryResult> {
  const { query } = await import('@nsm/engine')
  return withEvents(eventsOf(messages), ({ store }) => query(store, tree, request, now))
}

async function* eventsOf(messages: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<Event> {
  let line = 0
  for await (const value of messages) {
    line++
    const read = readEvent({ line, text: JSON.stringify(value), content: { ok: true, value } })
    if (!read.ok) throw usageError(`Message ${line} was rejected: ${read.sentence}`)
    yield read.event
  }
}
