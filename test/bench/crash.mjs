// npm run bench -- crash [--rounds 100]: kill -9 of collector, reader and both under load; what is lost, what counts twice.
import { parseArgs } from 'node:util'
import { freePort } from './service/free-port.mjs'
import { killInRounds } from './service/kill.mjs'

export async function run(args) {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string', default: '15' } } })
  const from = Date.now()
  const result = await killInRounds({ rounds: Number(values.rounds), port: await freePort(), onRound: console.info })
  const { back, problems, ...counts } = result
  const sorted = back.sort((a, b) => a - b)
  console.info({ seconds: Math.round((Date.now() - from) / 1_000), ...counts })
  console.info(`Started again within ${sorted[sorted.length >> 1]} ms (median), ${sorted.at(-1)} ms (most).`)
  if (counts.lost > 0 || counts.twice > 0 || problems.length > 0) {
    console.error('Lost or counted twice, or answered what is neither 200 nor 503:', problems.slice(0, 5))
    process.exitCode = 1
  }
}
