import { readFileSync } from 'node:fs'

const FOLDER = new URL('../vectors/', import.meta.url)

/** Reads one file of conformance vectors by its id. */
export function readVector<Case, More = object>(id: string): { id: string; cases: Case[] } & More {
  return JSON.parse(readFileSync(new URL(`${id}.json`, FOLDER), 'utf8'))
}
