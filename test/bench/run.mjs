// npm run bench -- NAME [options]: runs test/bench/NAME.mjs, installed and built by .dev/run.mjs.
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
  .map((file) => file.slice(0, -'.mjs'.length))
const [name = '', ...args] = process.argv.slice(2)

if (!names.includes(name) || !existsSync(`${folder}${name}.mjs`)) {
  console.error(`Name a bench: ${names.join(', ')}. For example: npm run bench -- ${names[0]}`)
  process.exit(2)
}
const { run } = await import(`./${name}.mjs`)
await run(args)
