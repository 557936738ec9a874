import { createRequire } from 'node:module'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openStore } from '@nsm/engine'

const WEEK = 7 * 86_400_000
/** The events lie in the 52 weeks before this instant, a Monday. */
export const END = Date.parse('2026-03-30T00:00:00Z')
const START = END - 52 * WEEK
/** Events made by one statement: bounds the memory that it takes. */
const BLOCK = 500_000

const engine = createRequire(fileURLToPath(import.meta.resolve('@nsm/engine')))

/**
 * Fills a new file store with seeded events of a team chat, made in SQL: sessions of eight events by one of many users on
 * one device, UUIDv7 message ids, an anonymous part before sign-in, and identify events that link it. Answers the bytes on
 * disk by table.
 */
export async function generate(folder, events) {
  const store = await openStore(`file:${folder}`)
  await store.close()
  const { Session } = engine('chdb')
  const session = new Session(folder)
  try {
    for (let from = 0; from < events; from += BLOCK) {
      await session.queryAsync(insertEvents(events, from, Math.min(BLOCK, events - from)))
    }
    await session.queryAsync(
      'INSERT INTO nsm.ids SELECT reinterpretAsUInt64(substring(MD5(toString(uuid)), 1, 8)) FROM nsm.events',
    )
    await settle(session)
    const sizes = await session.queryAsync(
      `SELECT table, sum(bytes_on_disk) FROM system.parts WHERE database = 'nsm' AND active GROUP BY table`,
      ROWS,
    )
    return Object.fromEntries(rowsOf(sizes).map(([table, bytes]) => [table, Number(bytes)]))
  } finally {
    session.close()
    await engine('chdb').drainPending()
  }
}

/** Waits until parts are merged as far as they are by themselves: what a store is like that was filled over a year. */
async function settle(session) {
  for (let quiet = 0; quiet < 5; ) {
    await setTimeout(1000)
    const [[merges]] = rowsOf(await session.queryAsync('SELECT count() FROM system.merges', ROWS))
    quiet = merges === 0 ? quiet + 1 : 0
  }
}

const ROWS = { format: 'JSONCompactEachRow' }

function rowsOf(answer) {
  return answer
    .text()
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row))
}

function insertEvents(events, from, count) {
  const users = Math.max(100, Math.round(events / 40))
  const teams = Math.max(20, Math.round(events / 600))
  return `INSERT INTO nsm.events (name, type, time, receivedAt, uuid, id, userId, anonymousId, otherId, data)
    SELECT
      multiIf(h % 100 < 70, 'message_sent', h % 100 < 85, '$page', h % 100 < 95, 'opened', h % 100 < 98, 'purchase', h % 1000 < 985, 'reported', '$identify') AS name,
      multiIf(name = '$page', 'page', name = '$identify', 'identify', 'track') AS type,
      ${START} + intDiv(intDiv(n, 8) * ${END - START - 400_000}, ${Math.ceil(events / 8)}) + (n % 8) * 20000 + h % 20000 AS time,
      time + 50 + cityHash64(n, 1) % 2000 AS receivedAt,
      toUUID(concat(substring(x, 1, 8), '-', substring(x, 9, 4), '-7', substring(y, 1, 3), '-8', substring(y, 4, 3), '-', substring(y, 7, 10), leftPad(lower(hex(toUInt8(cityHash64(n, 4) % 256))), 2, '0'))) AS uuid,
      '' AS id,
      if(name = '$page' AND h % 3 = 0, '', concat('u', toString(u))) AS userId,
      concat(substring(d, 1, 8), '-', substring(d, 9, 4), '-4', substring(d, 13, 3), '-8', substring(d, 16, 3), '-', substring(d, 19, 12)) AS anonymousId,
      '' AS otherId,
      concat('{"p.bot":', if(h % 50 = 0, 'true', 'false'), ',"p.length":', toString(h % 300), '.0,"p.plan":"', ['free', 'pro', 'team'][u % 3 + 1],
        if(name = 'purchase', concat('","p.amount":', toString(h % 9000), '.5,"c.groups.team":"t'), '","c.groups.team":"t'),
        toString(u % ${teams}), '","c.sessionId":"', lower(hex(cityHash64(intDiv(n, 8), 77))), '"}') AS data
    FROM (
      SELECT number + ${from} AS n, cityHash64(n, 5) AS h, least(cityHash64(intDiv(n, 8), 2) % ${users}, cityHash64(intDiv(n, 8), 3) % ${users}) AS u,
        leftPad(lower(hex(toUInt64(${START} + intDiv(intDiv(n, 8) * ${END - START - 400_000}, ${Math.ceil(events / 8)}) + (n % 8) * 20000 + h % 20000))), 12, '0') AS x,
        leftPad(lower(hex(cityHash64(n, 9))), 16, '0') AS y, lower(hex(MD5(concat('d', toString(u))))) AS d
      FROM numbers(${count})
    )`
}
