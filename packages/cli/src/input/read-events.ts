import type { Event } from '@nsm/schema'
import { commandError } from '../failure.js'
import { openSource } from './bytes.js'
import { readEvent } from './message.js'
import { readRows } from './read-rows.js'

/**
 * The events of a file of Segment messages, one per line, or of standard input for `-`.
 * @throws Failure at the first line that is not a valid event, since skipping it would silently give a wrong result
 */
export async function* readEvents(path: string, input: AsyncIterable<Uint8Array>): AsyncGenerator<Event> {
  const source = await openSource(path, input)
  const { format, rows } = await readRows(source.bytes, source.name)
  if (format === 'csv') {
    throw commandError(`${source.name} is not JSON lines. To read a CSV, import it with nsm import --map.`)
  }
  for await (const block of rows) {
    for (const row of block) {
      const read = readEvent(row)
      if (!read.ok) throw commandError(`${source.name}:${row.line}: ${read.sentence}`)
      yield read.event
    }
  }
}
