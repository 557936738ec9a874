import type { Entity, Rows } from '../../plan/plan.js'
import { quoteText } from '../../store/quote.js'
import type { QueryContext } from '../context.js'
import { entityId } from './entity.js'
import { filterSql } from './where.js'

/** Orders message ids, for events that happened and came batch: as text, UUIDs after all others. */
export const MESSAGE_ID = '(UUIDToNum(uuid), id)'

/** A column computed from an event alone, or the id of an entity in it. */
export type Column = string | Entity

/** Which events, by name: `*` is every track, page and screen event. */
export function named({ events }: Pick<Rows, 'events'>): string {
  const names = events.filter((name) => name !== '*').map(quoteText)
  const tests = [
    ...(names.length > 0 ? [`name IN (${names.join(', ')})`] : []),
    ...(names.length < events.length ? [`type IN ('track', 'page', 'screen')`] : []),
  ]
  return tests.length === 1 ? (tests[0] as string) : `(${tests.join(' OR ')})`
}

/** Which events, by name and filter. */
export function matching(rows: Rows): string {
  return [
    named(rows),
    ...(rows.where ? [filterSql(rows.where)] : []),
    ...(rows.exclude ? [`NOT ${filterSql(rows.exclude)}`] : []),
  ].join(' AND ')
}

/** What was received in time. */
function received({ receivedUntil }: QueryContext): string[] {
  return receivedUntil === null ? [] : [`receivedAt <= ${receivedUntil}`]
}

/**
 * A `SELECT` of columns of the events that satisfy all conditions. Where a column is the user and there are links, the
 * events are joined with them.
 */
export function selectEvents(
  context: QueryContext,
  columns: Record<string, Column>,
  conditions: readonly string[],
): string {
  const users: string[] = []
  const own: string[] = []
  for (const [alias, column] of Object.entries(columns)) {
    if (typeof column === 'string') own.push(`${column} AS ${alias}`)
    else if (column.id === 'user' && context.linked) users.push(alias)
    else own.push(`${column.id === 'user' && context.known ? 'userId' : entityId(column)} AS ${alias}`)
  }
  const where = [...conditions, ...received(context)].join(' AND ')
  const from = `FROM ${context.database}.events WHERE ${where}`
  if (users.length === 0) return `SELECT ${own.join(', ')} ${from}`
  const who = `if(uid != '' OR empty(links), if(uid != '', uid, aid), links[if((arrayFirstIndex(x -> x.1 >= at, links) AS i) = 0, length(links), i)].2)`
  const kept = Object.keys(columns).map((alias) => (users.includes(alias) ? `${who} AS ${alias}` : alias))
  return `SELECT ${kept.join(', ')}
    FROM (SELECT ${[...own, 'userId AS uid', `if(userId = '', anonymousId, '') AS aid`, 'time AS at'].join(', ')} ${from}) AS happened
    LEFT ANY JOIN (${linksSql(context)}) AS known ON aid = linked`
}

/**
 * For each anonymous id that was ever linked: to whom, in order of time. Of links at the same instant the one that
 * arrived last stands. An `alias` links its previous id, and the anonymous id it came with.
 */
function linksSql(context: QueryContext): string {
  const where = [
    `name IN ('$identify', '$alias')`,
    `type IN ('identify', 'alias')`,
    `userId != ''`,
    ...received(context),
  ].join(' AND ')
  return `SELECT linked, arraySort(groupArray((at, user))) AS links FROM (
      SELECT arrayJoin(arrayFilter(x -> x != '', [anonymousId, if(type = 'alias', otherId, '')])) AS linked, time AS at,
        argMax(userId, (receivedAt, ${MESSAGE_ID})) AS user
      FROM ${context.database}.events WHERE ${where} GROUP BY linked, at
    ) GROUP BY linked`
}
