import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Its name and version, as in `pnpm@12.21.0`. */
export const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Runs a command, by default from the top of the workspace with its output shown. Rejects with one sentence when it fails. */
export function run(command, args, { quiet = false, env = {}, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}` },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk
      })
    }
    child.on('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${output}${[command, ...args].join(' ')} ended with ${signal ?? `code ${code}`}.`))
    })
  })
}

/** Runs the pnpm that package.json pins, fetched by npm: nothing has to be on this machine but Node and npm. */
export function pnpm(args, folder = root) {
  const exec = ['exec', '--yes', `--package=${packageManager}`, '--', 'pnpm', '--dir', folder]
  return run('npm', [...exec, ...args], { quiet: true })
}
