import { open, truncate } from 'node:fs/promises'
import { damaged } from './error.js'
import { encodeFrame, HEADER_BYTES } from './frame.js'

/** Unreadable bytes of a segment. */
export interface Gap {
  from: number
  to: number
  /** Nothing says where the segment ends, and nothing readable follows. */
  open: boolean
}

/**
 * Puts unreadable bytes into a file of their own and a record of blank lines of the same size in their place.
 *
 * @returns the file with the bytes
 */
export async function salvageGap(path: string, { from, to, open: isOpen }: Gap): Promise<string> {
  const aside = `${path}.damaged-${from}`
  const file = await open(path, 'r+')
  try {
    await setAside(file, from, to, aside)
    if (isOpen) {
      // The end of a segment that others follow: nothing behind it to keep in place.
      await truncate(path, from)
    } else {
      // Records are longer than a header, so only bytes put in by hand leave so small a gap; no record of ours fills it.
      if (to - from <= HEADER_BYTES) throw damaged(path, `${to - from} strange bytes stand at byte ${from}`)
      await file.write(encodeFrame(Buffer.alloc(to - from - HEADER_BYTES, '\n')), 0, to - from, from)
    }
    await file.datasync()
  } finally {
    await file.close()
  }
  return aside
}

async function setAside(file: Awaited<ReturnType<typeof open>>, from: number, to: number, aside: string) {
  const bytes = Buffer.alloc(to - from)
  const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
  const copy = await open(aside, 'w')
  try {
    await copy.writeFile(bytes.subarray(0, bytesRead))
    await copy.sync()
  } finally {
    await copy.close()
  }
}
