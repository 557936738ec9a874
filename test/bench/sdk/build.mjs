import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

/**
 * What `import { init, track }` of a tracker costs a page: `first` is what the page loads with it, `files` is all of
 * it with the parts that are loaded on demand, by name; the entry is `NAME.js` and sets the global `bench`.
 */
export function bundle(tracker) {
  return bundled(tracker, `import { init, track } from './trackers/${tracker}.js'\nglobalThis.bench = { init, track }`)
}

/** Everything that a module of ours exports. */
export const whole = (module) => bundled('all', `import * as all from '${module}'\nglobalThis.all = all`)

async function bundled(name, contents) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: here('../peers'), sourcefile: `${name}.js` },
    outdir: here('.'),
    entryNames: name,
    chunkNames: `${name}-[hash]`,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    metafile: true,
    write: false,
  })
  const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)]))
  const imports = new Map(
    Object.entries(metafile.outputs).map(([path, { imports }]) => [
      basename(path),
      imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => basename(path)),
    ]),
  )
  const first = new Set([`${name}.js`])
  for (const file of first) for (const imported of imports.get(file)) first.add(imported)
  return { files, first: Buffer.concat([...first].map((file) => files.get(file))) }
}

/** A file as it is built and shipped. */
export const shipped = (path) => readFile(here(`../../../${path}`))

/** Bytes: raw, gzip 9, brotli 11. */
export const sizes = (file) => ({
  raw: file.length,
  gzip: gzipSync(file, { level: 9 }).length,
  brotli: brotliCompressSync(file, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
})
