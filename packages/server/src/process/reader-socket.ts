import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A longer path does not fit into a socket's address (104 bytes on macOS, 108 on Linux). */
const LONGEST_PATH_BYTES = 100
const OWN = /^reader-[0-9a-f]{8}\.sock$/

/** Where the reader listens. */
export interface ReaderSocket {
  path: string
  remove(): Promise<void>
}

/**
 * A place for the reader's socket: the journal's folder, or the temporary folder where that path is too long or its
 * file system has no sockets. Removes what a service that was killed left; call it when the journal's lock is held.
 */
export async function placeReaderSocket(journal: string): Promise<ReaderSocket> {
  const prefix = `nsm-reader-${createHash('sha256').update(journal).digest('hex').slice(0, 12)}-`
  await removeLeft(journal, (name) => OWN.test(name))
  await removeLeft(tmpdir(), (name) => name.startsWith(prefix))
  const path = join(journal, `reader-${randomBytes(4).toString('hex')}.sock`)
  if (Buffer.byteLength(path) <= LONGEST_PATH_BYTES && (await canListen(path))) {
    return { path, remove: () => rm(path, { force: true }) }
  }
  const elsewhere = join(await mkdtemp(join(tmpdir(), prefix)), 'reader.sock')
  return { path: elsewhere, remove: () => rm(dirname(elsewhere), { recursive: true, force: true }) }
}

async function removeLeft(folder: string, isLeft: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder)) {
    // Another user's under the same name is not ours to remove, and in nobody's way.
    if (isLeft(name)) await rm(join(folder, name), { recursive: true, force: true }).catch(() => {})
  }
}

async function canListen(path: string): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(path)
    await once(server, 'listening')
  } catch {
    return false
  }
  // Removes the socket's file.
  server.close()
  await once(server, 'close')
  return true
}
