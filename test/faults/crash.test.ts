import { expect, it } from 'vitest'
import { killInRounds } from '../bench/service/kill.mjs'
import { freePort } from '../free-port.js'

// `npm run bench -- crash --rounds 100` does it longer.
it('kill -9 of the collector, the reader, and both loses nothing acknowledged and counts nothing twice', async () => {
  const { made, acknowledged, counted, problems } = await killInRounds({ rounds: 3, port: await freePort() })
  expect({ acknowledged, counted, problems }).toEqual({ acknowledged: made, counted: made, problems: [] })
})
