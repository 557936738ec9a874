import { expect, it } from 'vitest'
import { startRivals } from '../bench/service/rivals.mjs'
import { canOwnPids } from '../bench/service/start.mjs'
import { freePort } from '../free-port.js'

const possible = await canOwnPids()
if (!possible) console.warn('Two services in process namespaces: not tested, it takes root on Linux.')

// `npm run bench -- ownership` does it 20 times.
it.skipIf(!possible)(
  'of two services in two containers on one folder the second says so and touches nothing',
  async () => {
    const result = await startRivals({ starts: 5, ports: [await freePort(), await freePort()], locks: true })
    expect(result).toMatchObject({ lost: 0, twice: 0, silent: [], touched: 0, problems: [] })
    expect(result.refused).toBeGreaterThan(0)
  },
)

it.skipIf(!possible)('where locks keep nobody out, two services on one folder lose nothing acknowledged', async () => {
  const result = await startRivals({ starts: 5, ports: [await freePort(), await freePort()], locks: false })
  expect(result).toMatchObject({ lost: 0, twice: 0, silent: [], problems: [] })
  expect(result.fenced).toBeGreaterThan(0)
})
