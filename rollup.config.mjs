import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import nodeResolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import esbuild from 'rollup-plugin-esbuild'
import { minifyTemplateLiterals } from 'rollup-plugin-minify-template-literals'

const esm = () => esbuild({ target: 'es2022', tsconfig: 'tsconfig.base.json' })

/** Takes the spaces out of our templates; Lit's own have none. SVG needs its closing slashes. */
const tightTemplates = () =>
  minifyTemplateLiterals({
    include: 'packages/card/src/**',
    options: { minifyOptions: { keepClosingSlash: true } },
  })

/** Unbundled ESM with source maps: one file out for each file in. Types beside them come from `tsc -b`. */
function library(name, input, plugins = []) {
  const folder = `packages/${name}`
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
  const external = Object.keys({
    ...manifest.dependencies,
    ...manifest.peerDependencies,
  })
  return {
    input: input.map((file) => `${folder}/src/${file}`),
    external: (id) => id.startsWith('node:') || external.some((dep) => id === dep || id.startsWith(`${dep}/`)),
    plugins: [nodeResolve({ extensions: ['.ts', '.js'] }), esm(), ...plugins],
    output: {
      dir: `${folder}/dist`,
      format: 'es',
      preserveModules: true,
      preserveModulesRoot: `${folder}/src`,
      sourcemap: true,
    },
  }
}

/** What the tracker's own code allows: it compares nothing with `true` and prints no boolean, as ARIA must. */
const TIGHT = { unsafe: true, pure_getters: true, booleans_as_integers: true }

/**
 * One minified file for a script tag, with everything inside. Its map lies beside it; a page is not told where, which
 * takes bytes.
 */
function script(name, input, output, { plugins = [], compress = {} } = {}) {
  const folder = `packages/${name}`
  return {
    input: `${folder}/src/${input}`,
    plugins: [
      nodeResolve({ extensions: ['.ts', '.js'], browser: true }),
      esm(),
      ...plugins,
      terser({
        ecma: 2020,
        module: true,
        compress: { passes: 6, unsafe_arrows: true, ...compress },
        format: { comments: false },
      }),
    ],
    output: {
      file: `${folder}/dist/${output.file}`,
      format: output.format,
      sourcemap: 'hidden',
    },
  }
}

/**
 * `let` compresses better where the code is full of it, and nothing is left to protect; and every page and worker
 * knows its global object by a shorter name.
 */
function shortWords() {
  return {
    name: 'short-words',
    renderChunk: (code) => ({
      code: code.replace(/\bconst(?=[ [{])/g, 'let').replaceAll('globalThis', 'self'),
      map: null,
    }),
  }
}

/** Writes the JSON Schemas beside the schemas they are made from. */
function writeJsonSchemas() {
  return {
    name: 'json-schemas',
    async writeBundle({ dir }) {
      const { jsonSchemas } = await import(`${pathToFileURL(join(process.cwd(), dir, 'index.js'))}?${Date.now()}`)
      const { writeFile } = await import('node:fs/promises')
      for (const [file, schema] of Object.entries(jsonSchemas())) {
        await writeFile(join(dir, file), `${JSON.stringify(schema, null, 2)}\n`)
      }
    },
  }
}

export default [
  library('schema', ['index.ts'], [writeJsonSchemas()]),
  library('engine', ['index.ts', 'lock.ts', 'calendar/index.ts']),
  library('server', ['index.ts', 'tree.ts', 'reader/main.ts']),
  library('cli', ['index.ts']),
  library('sdk', ['index.ts', 'auto.ts']),
  script('sdk', 'script.ts', { file: 'nsm.js', format: 'iife' }, { plugins: [shortWords()], compress: TIGHT }),
  script('sdk', 'stub.ts', { file: 'stub.js', format: 'es' }, { compress: TIGHT }),
  library('card', ['index.ts', 'define.ts', 'summary/index.ts'], [tightTemplates()]),
  script('card', 'define.ts', { file: 'nsm-card.js', format: 'es' }, { plugins: [tightTemplates(), shortWords()] }),
]
