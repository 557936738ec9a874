import { EngineError } from '../errors.js'

/** Where a store is: a folder of this machine, a folder that goes when the store closes, or a ClickHouse. */
export type Location =
  | { kind: 'file'; folder: string }
  | { kind: 'memory' }
  | { kind: 'server'; url: string; username: string; password: string; database: string }

const WAYS = 'Write file:FOLDER, memory:, or https://user:password@host:port/database.'

/** Reads a store's location. @throws EngineError `invalid_location`. */
export function parseLocation(text: string): Location {
  if (text === 'memory:') return { kind: 'memory' }
  if (text.startsWith('file:')) {
    const folder = text.slice('file:'.length)
    if (folder === '') throw new EngineError('invalid_location', `A file store needs a folder. ${WAYS}`)
    return { kind: 'file', folder }
  }
  if (!/^https?:\/\//.test(text)) throw new EngineError('invalid_location', `Not the location of a store. ${WAYS}`)
  let url: URL
  try {
    url = new URL(text)
  } catch (cause) {
    throw new EngineError('invalid_location', `Not a URL. ${WAYS}`, { cause })
  }
  return {
    kind: 'server',
    url: url.origin,
    username: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || 'nsm',
  }
}
