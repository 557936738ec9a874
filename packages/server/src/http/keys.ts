import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { ServiceError } from '../process/service-error.js'

/** What a key may do: append events, read reports, or import, erase and export. */
export type KeyKind = 'write' | 'read' | 'secret'

/** Keys for a service on this machine's own address, known to everybody. */
export const DEVELOPMENT_KEYS = { write: 'wk_dev', read: 'rt_dev', secret: 'sk_dev' } as const

export interface KeyOptions {
  writeKeys?: readonly string[] | undefined
  readTokens?: readonly string[] | undefined
  secretKeys?: readonly string[] | undefined
}

/** The keys a service knows; only their hashes are kept. */
export interface Keyring {
  /** What a presented key may do; null for an unknown one. Takes the same time for every key of one length. */
  kindOf(key: string): KeyKind | null
  /** Kinds that have the development key: all while no key at all is configured, else none. */
  development: readonly KeyKind[]
  /** A write key to show in a snippet: they are public. Null when only its hash is known. */
  publicKey: string | null
}

const HASHED = /^sha256:([0-9a-f]{64})$/

/**
 * The keyring of a service bound to `host`. A key may be given as `sha256:` and the hex of its hash.
 *
 * @throws ServiceError `keys_required` when anybody but this machine can reach the service and a write key or read
 *   token is missing or a development key is in use
 */
export function createKeyring(options: KeyOptions, host: string): Keyring {
  const given: Record<KeyKind, readonly string[]> = {
    write: options.writeKeys ?? [],
    read: options.readTokens ?? [],
    secret: options.secretKeys ?? [],
  }
  const local = isLoopback(host)
  // Who gives one key means others to come, through a proxy on this machine: a key that everybody knows must not
  // read or import there.
  const development: KeyKind[] =
    local && Object.values(given).every((keys) => keys.length === 0) ? ['write', 'read', 'secret'] : []
  const entries: { kind: KeyKind; hash: Buffer }[] = []
  for (const kind of ['write', 'read', 'secret'] as const) {
    const known = DEVELOPMENT_KEYS[kind]
    if (!local && given[kind].includes(known)) {
      throw new ServiceError(
        'keys_required',
        `${known} is a development key that everybody knows; choose another before listening on ${host}.`,
      )
    }
    for (const key of development.includes(kind) ? [known] : given[kind]) entries.push({ kind, hash: hashOf(key) })
  }
  if (!local && (given.write.length === 0 || given.read.length === 0)) {
    throw new ServiceError(
      'keys_required',
      `On ${host} others can reach the service, so it needs keys of its own: give at least one write key and one read token, or listen on 127.0.0.1.`,
    )
  }
  return {
    development,
    publicKey: development.includes('write')
      ? DEVELOPMENT_KEYS.write
      : (given.write.find((key) => !HASHED.test(key)) ?? null),
    kindOf(key) {
      const hash = createHash('sha256').update(key).digest()
      let kind: KeyKind | null = null
      for (const entry of entries) if (timingSafeEqual(entry.hash, hash)) kind = entry.kind
      return kind
    },
  }
}

function hashOf(key: string): Buffer {
  const hashed = HASHED.exec(key)?.[1]
  return hashed ? Buffer.from(hashed, 'hex') : createHash('sha256').update(key).digest()
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** The key a request presents: `Authorization: Bearer KEY`, or the user name of Basic. */
export function presentedKey(headers: IncomingHttpHeaders): string | null {
  const [scheme, value] = (headers.authorization ?? '').split(' ', 2)
  if (!value) return null
  if (/^bearer$/i.test(scheme as string)) return value
  if (!/^basic$/i.test(scheme as string)) return null
  return Buffer.from(value, 'base64').toString().split(':', 1)[0] || null
}
