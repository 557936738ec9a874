import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { JournalFiles } from './files.js'
import { Journal, type Position } from './index.js'
import { firstPosition, readChunk } from './read.js'

const SERVICES = 3
const LOCK_RECORD_BYTES = 512
let root: string
beforeAll(async () => {
  root = await fs.mkdtemp(join(tmpdir(), 'nsm-fencing-'))
})
afterAll(() => fs.rm(root, { recursive: true }))

/** A call to the file system that waits for its turn. */
interface Step {
  service: number
  run(): Promise<void>
}

/**
 * Lets two services call the file system one call at a time, in an order that is given. A call has its whole effect at
 * its turn; between two calls of one service the other may do as much as it likes, as when a process is stopped.
 */
class ConcurrencyLimit {
  readonly #waiting: Step[] = []

  /** Resolves when it is the service's turn. */
  start(service: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ service, run: async () => resolve() }))
  }

  files(service: number): JournalFiles {
    const call =
      <A extends unknown[], R>(real: (...args: A) => Promise<R>) =>
      (...args: A): Promise<R> =>
        new Promise<R>((resolve, reject) => {
          this.#waiting.push({ service, run: () => real(...args).then(resolve, reject) })
        })
    const wrap = (file: fs.FileHandle) =>
      new Proxy(file, {
        get(target, name) {
          const value = Reflect.get(target, name)
          if (typeof value !== 'function') return value
          // No power fails here: what is written is there.
          if (name === 'datasync' || name === 'sync') return call(async () => {})
          if (name === 'close') return value.bind(target)
          // A stopped process may have written half a record; the lock's is one sector.
          if (name === 'write') {
            return call((buffer: Buffer, offset: number, length: number, position: number) =>
              target.write(buffer, offset, length >= LOCK_RECORD_BYTES ? length : Math.ceil(length / 2), position),
            )
          }
          return call(value.bind(target))
        },
      })
    return {
      open: call(async (...args: Parameters<typeof fs.open>) => wrap(await fs.open(...args))),
      readdir: call(fs.readdir),
      readFile: call(fs.readFile),
      link: call(fs.link),
      rm: call(fs.rm),
    } as unknown as JournalFiles
  }

  /** Runs until none is `alive`. `choices` says whose call is next, from the start again when it is over. */
  async run(choices: readonly number[], alive: ReadonlySet<number>): Promise<void> {
    for (let i = 0; alive.size > 0; i++) {
      const service = choices[i % choices.length] as number
      const step = await this.#nextOf(service, alive)
      await step?.run()
      if (i > 100_000) throw new Error('They never end.')
    }
  }

  /** Its next call; undefined when it has ended. Between two calls it does other things that take a moment. */
  async #nextOf(service: number, alive: ReadonlySet<number>): Promise<Step | undefined> {
    while (alive.has(service)) {
      const at = this.#waiting.findIndex((step) => step.service === service)
      if (at >= 0) return this.#waiting.splice(at, 1)[0]
      await new Promise(setImmediate)
    }
    return undefined
  }
}

/** One service's life: it opens the journal, appends one event after another, and may never close it. */
async function live(options: {
  folder: string
  service: number
  turns: ConcurrencyLimit
  events: number
  acknowledged: string[]
  tried: string[]
}): Promise<Journal> {
  const { folder, service, turns, events, acknowledged, tried } = options
  await turns.start(service)
  const journal = await Journal.open(folder, {
    files: turns.files(service),
    // As on a file system whose locks do nothing.
    tryLock: async () => true,
    segmentBytes: 400,
  })
  for (let i = 0; i < events; i++) {
    const name = `s${service}-${i}`
    tried.push(name)
    await journal.append(Buffer.from(`${name}\n`)).then(
      () => acknowledged.push(name),
      () => {},
    )
  }
  return journal
}

async function recovered(folder: string): Promise<string[]> {
  const journal = await Journal.open(folder)
  const lines: string[] = []
  let position: Position = await firstPosition(folder)
  for (;;) {
    const chunk = await readChunk(folder, position, journal.end)
    position = chunk.position
    if (chunk.payloads.length === 0) break
    lines.push(...Buffer.concat(chunk.payloads).toString().split('\n').filter(Boolean))
  }
  await journal.close()
  return lines
}

// Few changes from one service to another, at any call: an opening takes about 15 calls, a commit 5.
const order = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: SERVICES - 1 }),
      fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 50 })),
    ),
    { minLength: 3, maxLength: 12 },
  )
  .map((runs) => runs.flatMap(([service, calls]) => Array.from({ length: calls }, () => service)))

it('three services on one journal without locks: whatever one acknowledged is there, once, in any order of their calls', async () => {
  let acknowledgedInAll = 0
  let fenced = 0
  await fc.assert(
    fc.asyncProperty(order, async (choices) => {
      const folder = await fs.mkdtemp(join(root, 'run-'))
      const turns = new ConcurrencyLimit()
      const acknowledged: string[] = []
      const tried: string[] = []
      const alive = new Set<number>()
      const lives = Array.from({ length: SERVICES }, (_, service) => {
        alive.add(service)
        return live({ folder, service, turns, events: 4, acknowledged, tried })
          .catch(() => null)
          .finally(() => alive.delete(service))
      })
      // An order that leaves one out altogether would never end.
      await turns.run([...choices, ...alive], alive)
      const journals = await Promise.all(lives)
      const lines = await recovered(folder)
      const lost = acknowledged.filter((name) => lines.filter((line) => line === name).length !== 1)
      acknowledgedInAll += acknowledged.length
      fenced += tried.length - acknowledged.length
      for (const journal of journals) await journal?.close()
      await fs.rm(folder, { recursive: true })
      expect({ lost, acknowledged, lines }).toMatchObject({ lost: [] })
      expect(lines.every((line) => tried.includes(line))).toBe(true)
    }),
    { numRuns: 200 },
  )
  // Both happened, else this said nothing.
  expect(acknowledgedInAll).toBeGreaterThan(100)
  expect(fenced).toBeGreaterThan(100)
})
