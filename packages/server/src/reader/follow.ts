import type { Event } from '@nsm/schema'
import {
  comparePositions,
  firstPosition,
  formatPosition,
  type Position,
  parsePosition,
  readChunk,
} from '../journal/index.js'
import type { StoreProblem } from './messages.js'

/** The part of a store that following needs. */
export interface Target {
  insert(events: readonly Event[], mark: { journal: string; position: string }): Promise<void>
  position(journal: string): Promise<string | null>
}

export interface FollowOptions {
  store: Target
  folder: string
  journal: string
  /** Committed so far. */
  end: Position
  /** After a block is durable in the store. */
  onApplied(position: Position, events: number): void
  /** The store's trouble, or null when it is over. */
  onProblem(problem: StoreProblem | null): void
  /** An event that the store rejects though it takes others; it is left out. */
  onRejected(event: Event, error: Error): void
  /** Resolves after `ms`, or at once when `signal` aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>
  /** ms, any origin. */
  clock(): number
}

export interface Following {
  /** Everything up to `end` is committed. */
  committed(end: Position): void
  /** Where the store is. */
  readonly applied: Position
  /** Applies what is committed, then stops; gives up when `signal` aborts. */
  finish(signal: AbortSignal): Promise<void>
  /** Rejects when the journal cannot be read. */
  done: Promise<void>
}

/** Stores want few large blocks: at most one in this time. */
const INTERVAL_MS = 400
const BLOCK_EVENTS = 50_000
const BLOCK_BYTES = 16 * 1024 * 1024
const BACKOFF_MS = [100, 200, 500, 1_000, 2_000, 5_000] as const
/** After this many failures of a store that takes other writes, the block itself is suspected. */
const SUSPECT_AFTER = 3

/**
 * Follows a journal into a store, in blocks, from the store's own mark on. The mark is saved after the rows, so a crash
 * in between applies a block again; copies collapse in the store.
 */
export async function follow(options: FollowOptions): Promise<Following> {
  const { store, folder, journal, onApplied, onProblem, onRejected, wait, clock } = options
  let end = options.end
  let applied = await startPosition(options)
  let wake: (() => void) | null = null
  let finishing = false
  const giveUp = new AbortController()

  const done = run()

  async function run(): Promise<void> {
    while (!giveUp.signal.aborted) {
      if (comparePositions(applied, end) >= 0) {
        if (finishing) return
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      const started = clock()
      const block = await readBlock(folder, applied, end)
      await insertUntilDone(block.events, block.position)
      if (giveUp.signal.aborted) return
      applied = block.position
      onApplied(applied, block.events.length)
      const rest = INTERVAL_MS - (clock() - started)
      if (rest > 0 && !finishing) await wait(rest, giveUp.signal)
    }
  }

  async function insertUntilDone(events: readonly Event[], position: Position): Promise<void> {
    const mark = { journal, position: formatPosition(position) }
    for (let failures = 0; !giveUp.signal.aborted; ) {
      try {
        await store.insert(events, mark)
        if (failures > 0) onProblem(null)
        return
      } catch (error) {
        failures++
        const { code, message } = error as Error & { code?: unknown }
        onProblem({ code: typeof code === 'string' ? code : '', message })
        if (failures >= SUSPECT_AFTER && (await isRejection(error))) {
          const rejected = await findRejected(events)
          if (rejected) {
            onRejected(rejected.event, rejected.error)
            return insertUntilDone(
              events.filter((event) => event !== rejected.event),
              position,
            )
          }
        }
        await wait(BACKOFF_MS[Math.min(failures, BACKOFF_MS.length) - 1] as number, giveUp.signal)
      }
    }
  }

  /** Whether it is not the store that is in trouble: a full disk answers, too, and an event left out is lost. */
  async function isRejection(error: unknown): Promise<boolean> {
    return !`${(error as { code?: unknown }).code}`.startsWith('store_') && (await takesWrites())
  }

  /** Tries with a mark that changes nothing. */
  async function takesWrites(): Promise<boolean> {
    try {
      await store.insert([], where())
      return true
    } catch {
      return false
    }
  }

  const where = () => ({ journal, position: formatPosition(applied) })

  /**
   * Halves a block, after a write that went in, until one event is rejected alone and another write goes in. Rows that go
   * in on the way are copies later; the mark stays where it was.
   */
  async function findRejected(events: readonly Event[]): Promise<{ event: Event; error: Error } | null> {
    const [only, ...others] = events
    if (only === undefined) return null
    const middle = events.length >> 1
    const parts = others.length > 0 ? [events.slice(0, middle), events.slice(middle)] : [events]
    for (const part of parts) {
      try {
        await store.insert(part, where())
      } catch (error) {
        if (!(await isRejection(error))) return null
        return others.length > 0 ? findRejected(part) : { event: only, error: error as Error }
      }
    }
    return null
  }

  return {
    done,
    get applied() {
      return applied
    },
    committed(position) {
      if (comparePositions(position, end) > 0) end = position
      wake?.()
    },
    async finish(signal) {
      finishing = true
      signal.addEventListener('abort', () => giveUp.abort(), { once: true })
      wake?.()
      await done
    },
  }
}

/** Where to begin: the store's mark, or the first record there is when the mark belongs to no place in this journal. */
async function startPosition({ store, folder, journal, end }: FollowOptions): Promise<Position> {
  const first = await firstPosition(folder)
  const text = await store.position(journal)
  if (text === null) return first
  const mark = parsePosition(text)
  // A journal put back from an older copy ends before the mark. Applying all of it again is harmless; skipping is not.
  if (comparePositions(mark, end) > 0 || comparePositions(mark, first) < 0) return first
  return mark
}

async function readBlock(
  folder: string,
  from: Position,
  end: Position,
): Promise<{ events: Event[]; position: Position }> {
  const events: Event[] = []
  let position = from
  let bytes = 0
  while (events.length < BLOCK_EVENTS && bytes < BLOCK_BYTES) {
    const chunk = await readChunk(folder, position, end)
    position = chunk.position
    if (chunk.payloads.length === 0) break
    for (const payload of chunk.payloads) {
      bytes += payload.length
      for (const line of payload.toString().split('\n')) if (line !== '') events.push(JSON.parse(line) as Event)
    }
  }
  return { events, position }
}
