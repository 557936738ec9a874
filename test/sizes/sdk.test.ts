import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { sdkSizes } from '../../.dev/sizes.mjs'

const sdk = new URL('../../packages/sdk/', import.meta.url)
const read = (file: string) => readFile(new URL(file, sdk), 'utf8')
const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(2)} kB`

let pins: Record<keyof Awaited<ReturnType<typeof sdkSizes>>, number>
let sizes: Awaited<ReturnType<typeof sdkSizes>>

beforeAll(async () => {
  pins = JSON.parse(await read('sizes.json'))
  sizes = await sdkSizes()
}, 60_000)

describe('what the tracker weighs, brotli 11', () => {
  it('is what is pinned, to the byte', () => {
    const built = Object.fromEntries(Object.entries(sizes).map(([name, { brotli }]) => [name, brotli]))
    expect(built).toEqual(pins)
  })

  it('is what the README says', async () => {
    const readme = await read('README.md')
    for (const [row, bytes] of [
      ['Script file, everything inside', pins.script],
      ['Stub', pins.stub],
      ['`init` and `track`', pins.initAndTrack],
      ['`auto`', pins.auto],
    ] as const) {
      expect(readme).toContain(`| ${row} | ${bytes < 1_000 ? `${bytes} B` : kilobytes(bytes)} |`)
    }
  })

  it('stays within what a page is asked to bear', () => {
    // The goal is 3.5 kB and 2.9 kB. What is above it are guards: against clocks, hostile pages, and consent in any order.
    expect(pins.script).toBeLessThanOrEqual(4_200)
    expect(pins.initAndTrack).toBeLessThanOrEqual(3_570)
    expect(pins.auto).toBeLessThanOrEqual(400)
    expect(pins.stub).toBeLessThanOrEqual(125)
  })
})

it('the stub that people paste is the one that is built', async () => {
  const stub = (await read('dist/stub.js')).split('\n')[0]
  for (const file of ['README.md', '../../examples/script-tag/index.html']) {
    expect(await read(file)).toContain(`<script>${stub?.replace(/;$/, '')}</script>`)
  }
})
