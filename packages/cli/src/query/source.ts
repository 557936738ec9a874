import { existsSync } from 'node:fs'
import type { Store } from '@nsm/engine'
import { usageError } from '../failure.js'
import { readEvents } from '../input/read-events.js'
import { DEFAULT_STORE } from '../options.js'
import { startProgress } from '../terminal/progress.js'
import type { Terminal } from '../terminal/terminal.js'
import { withEvents } from './with-events.js'

/** Where to read events from. At most one may be set. */
export interface SourceFlags {
  url?: string | undefined
  store?: string | undefined
  events?: string | undefined
}

/** A store to query. Times are ms since the epoch. */
interface OpenSource {
  store: Store
  /** The latest time to report on: now, or a file's last event. */
  last: number
  /** When all its events had been received: now, or a file's last receipt. */
  known: number
}

/** Opens the store from the flags, or loads their file into a temporary store, and closes it after `use`. */
export async function withSource<T>(
  flags: Omit<SourceFlags, 'url'>,
  terminal: Terminal,
  use: (source: OpenSource) => Promise<T>,
): Promise<T> {
  const now = terminal.now()
  if (flags.events !== undefined) {
    const progress = startProgress(terminal)
    const events = counted(readEvents(flags.events, terminal.input), (n) =>
      progress.update(() => `Reading ${flags.events}: ${n.toLocaleString('en')} events`),
    )
    return withEvents(events, ({ store, lastTime, lastReceipt }) => {
      progress.done()
      return use({ store, last: Math.min(lastTime, now), known: Math.min(Math.max(lastTime, lastReceipt), now) })
    })
  }
  const location = flags.store ?? DEFAULT_STORE
  checkStoreExists(location, flags.store !== undefined)
  const { openStore } = await import('@nsm/engine')
  const store = await openStore(location)
  try {
    return await use({ store, last: now, known: now })
  } finally {
    await store.close()
  }
}

/** @throws Failure when more than one source is set */
export function checkOneSource(flags: SourceFlags): void {
  const named = (['events', 'store', 'url'] as const).filter((flag) => flags[flag] !== undefined)
  if (named.length > 1)
    throw usageError(`Choose one source of events, not ${named.map((flag) => `--${flag}`).join(' and ')}.`)
}

/** A query must not create a missing store. */
function checkStoreExists(location: string, named: boolean): void {
  if (!location.startsWith('file:')) return
  const folder = location.slice('file:'.length)
  if (existsSync(folder)) return
  throw usageError(
    named
      ? `There is no store in ${folder}. Check --store.`
      : `No events to read: there is no store in ./${folder}. Use --events FILE, --store file:DIR, or --url of a running service.`,
  )
}

async function* counted<T>(items: AsyncIterable<T>, onCount: (n: number) => void): AsyncGenerator<T> {
  let n = 0
  for await (const item of items) {
    yield item
    if (++n % 1024 === 0) onCount(n)
  }
}
