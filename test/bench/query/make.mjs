// node make.mjs FOLDER EVENTS: a process of its own, so that what it takes is not counted for queries.
import { generate } from './generate.mjs'

const [folder, events] = process.argv.slice(2)
const started = performance.now()
const { events: inEvents, ids } = await generate(folder, Number(events))
const seconds = (performance.now() - started) / 1000
const memory = process.resourceUsage().maxRSS / 1000
const bytes = (inEvents + ids) / events
console.info(
  `made in ${seconds.toFixed(0)} s with at most ${memory.toFixed(0)} MB; ${bytes.toFixed(1)} bytes per event on disk, ${(ids / events).toFixed(1)} of them to know copies by`,
)
