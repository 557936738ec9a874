// npm run bench -- query [--events 1000000,10000000] [--hundred]
// Cold, warm and after one late event; each kind beside the best SQL we can write by hand for the same numbers.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openStore, query, report } from '@nsm/engine'
import { END, generate } from './query/generate.mjs'
import { byHand, REPORT, TREE } from './query/tree.mjs'

const WEEK = 7 * 86_400_000

export async function run(args) {
  const { values } = parseArgs({
    args,
    options: { events: { type: 'string', default: '1000000,10000000' }, hundred: { type: 'boolean', default: false } },
  })
  const sizes = [...values.events.split(',').map(Number), ...(values.hundred ? [100_000_000] : [])]
  for (const events of sizes) await measure(events)
}

async function measure(events) {
  const folder = mkdtempSync(join(tmpdir(), 'nsm-bench-'))
  try {
    console.info(`\n${events.toLocaleString('en')} events, 52 weeks`)
    const [bytes, made] = await timed(() => generate(folder, events))
    console.info(`made in ${(made / 1000).toFixed(0)} s, ${bytes.toFixed(1)} bytes an event\n`)
    await kinds(folder)
    await reports(folder)
    console.info(`memory ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB resident`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Each metric with nothing remembered: the best of three runs on both sides, so that a busy machine counts for neither. */
async function kinds(folder) {
  console.info('metric                  weeks   query    by hand   ratio')
  for (const weeks of [12, 52]) {
    const starts = Array.from({ length: weeks }, (_, i) => END - (weeks - i) * WEEK)
    const hand = byHand(starts)
    const request = { grain: 'week', from: date(starts[0]), to: date(END - 1) }
    for (const metric of Object.keys(TREE.metrics)) {
      const store = await openStore(`file:${folder}`)
      try {
        const ours = await best(() => query(unremembered(store), TREE, { metric, ...request }, END))
        const theirs =
          hand[metric] &&
          (await best(async () => {
            for (const sql of hand[metric]) await store.rows(sql)
          }))
        console.info(
          `${metric.padEnd(22)} ${String(weeks).padStart(6)} ${ms(ours)} ${theirs ? ms(theirs) : ''.padStart(9)} ${theirs ? (ours / theirs).toFixed(2).padStart(7) : ''}`,
        )
      } finally {
        await store.close()
      }
    }
  }
}

/** The same store without its memory of earlier answers; what it knows of names and days stays. */
function unremembered(store) {
  const { changes } = store
  const forgetful = {
    revision: 0,
    touched: () => true,
    takeLinked: () => [],
    get extents() {
      return changes.extents
    },
    get lastReceived() {
      return changes.lastReceived
    },
    learn: (extents, lastReceived) => changes.learn(extents, lastReceived, changes.revision),
  }
  return { database: store.database, changes: forgetful, rows: (sql) => store.rows(sql) }
}

async function reports(folder) {
  const store = await openStore(`file:${folder}`)
  try {
    const star = { ...TREE, metrics: Object.fromEntries(REPORT.concat('reports').map((id) => [id, TREE.metrics[id]])) }
    const ask = () => report(store, star, { now: END + 1, periods: 26 })
    const [, cold] = await timed(ask)
    const warm = await best(ask)
    const time = END - 17 * 86_400_000
    await store.insert([
      {
        messageId: `late-${time}`,
        type: 'track',
        name: 'message_sent',
        time,
        receivedAt: END,
        userId: 'u1',
        anonymousId: '',
        otherId: '',
        properties: { bot: false },
        context: { groups: { team: 't1' } },
      },
    ])
    const [, late] = await timed(ask)
    console.info(
      `\nreport of ${REPORT.length} metrics over 26 weeks: cold ${ms(cold)}, warm ${ms(warm)}, after one late event ${ms(late)}`,
    )
  } finally {
    await store.close()
  }
}

async function best(run) {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 3; i++) least = Math.min(least, (await timed(run))[1])
  return least
}

async function timed(run) {
  const start = performance.now()
  const result = await run()
  return [result, performance.now() - start]
}

function ms(time) {
  return `${time.toFixed(time < 10 ? 1 : 0)} ms`.padStart(9)
}

function date(time) {
  return new Date(time).toISOString().slice(0, 10)
}
