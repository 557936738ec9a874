import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { eventsOfLog } from './log-to-events.mjs'

// node git-history.mjs [FOLDER] > commits.ndjson      the history of the repository in FOLDER (default: here)
// git log --shortstat | node git-history.mjs -        a log from elsewhere
const [folder = '.'] = process.argv.slice(2)

const git = folder === '-' ? null : gitLog(folder)
const ended = git ? once(git, 'close') : Promise.resolve([0])
await pipeline(lines(eventsOfLog(git?.stdout ?? process.stdin)), process.stdout).catch((error) => {
  // Whoever reads has seen enough (`| head`).
  if (error.code !== 'EPIPE') throw error
  git?.kill()
})
process.exitCode = (await ended)[0] ?? 0

function gitLog(folder) {
  const options = ['--no-color', '--no-decorate', '--format=fuller', '--date=iso-strict', '--shortstat']
  return spawn('git', ['-C', folder, 'log', ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function* lines(events) {
  for await (const event of events) yield `${JSON.stringify(event)}\n`
}
