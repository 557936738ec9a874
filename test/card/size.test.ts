import { readFile } from 'node:fs/promises'
import { brotliCompressSync, constants } from 'node:zlib'
import { expect, it } from 'vitest'

const { BROTLI_PARAM_QUALITY } = constants

it('the script file is no larger than it was', async () => {
  const script = await readFile(new URL('../../packages/card/dist/nsm-card.js', import.meta.url))
  const bytes = brotliCompressSync(script, { params: { [BROTLI_PARAM_QUALITY]: 11 } }).length
  expect(bytes).toBeLessThanOrEqual(17_250)
})
