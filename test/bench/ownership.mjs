// npm run bench -- ownership [--starts 20]: two services with process ids of their own on one folder, with and without locks.
import { parseArgs } from 'node:util'
import { freePort } from './service/free-port.mjs'
import { startRivals } from './service/rivals.mjs'
import { canOwnPids } from './service/start.mjs'

export async function run(args) {
  const { values } = parseArgs({ args, options: { starts: { type: 'string', default: '20' } } })
  if (!(await canOwnPids())) {
    console.info('Giving processes ids of their own takes root on Linux and the program unshare; not run.')
    return
  }
  for (const locks of [true, false]) {
    const ports = [await freePort(), await freePort()]
    const result = await startRivals({ starts: Number(values.starts), ports, locks })
    console.info(locks ? 'With locks:' : 'Locks granted to everybody:', result)
    const { lost, twice, silent, touched, problems } = result
    if (lost + twice + silent.length + touched + problems.length > 0) process.exitCode = 1
  }
}
