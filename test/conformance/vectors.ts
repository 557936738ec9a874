import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The vectors beside the checkout when they are there, so that a new one counts at once; else the copies kept here. */
const FOLDER = ['../../../shared/vectors/', '../vectors/']
  .map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
  .find((folder) => existsSync(folder))

/** Reads one file of conformance vectors by its id. */
export function readVector<Case, More = object>(id: string): { id: string; cases: Case[] } & More {
  return JSON.parse(readFileSync(`${FOLDER}${id}.json`, 'utf8'))
}
