import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import nodeResolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import { rollup } from 'rollup'

const sdk = fileURLToPath(new URL('../packages/sdk/', import.meta.url))

/** The size of the built tracker in bytes: raw, with gzip 9, and with brotli 11. */
export async function sdkSizes() {
  const { init, auto } = {
    init: `import { init, track } from '${sdk}dist/index.js'
init({ writeKey: 'wk', endpoint: 'https://collector.example' })
track('value_moment')`,
    auto: `import { auto } from '${sdk}dist/auto.js'
auto(console.info)`,
  }
  return {
    script: weigh(await readFile(`${sdk}dist/nsm.js`, 'utf8')),
    stub: weigh(await readFile(`${sdk}dist/stub.js`, 'utf8')),
    initAndTrack: weigh(await bundle(init)),
    auto: weigh(await bundle(auto)),
  }
}

/** Bundles code with everything it imports, as a product would. */
async function bundle(code) {
  const entry = 'entry.js'
  const build = await rollup({
    input: entry,
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? code : null),
      },
      nodeResolve({ browser: true }),
      terser({ module: true, ecma: 2020, compress: { passes: 3 } }),
    ],
  })
  const { output } = await build.generate({ format: 'es' })
  return output[0].code
}

function weigh(code) {
  const bytes = Buffer.from(code.trimEnd())
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
  }
}
