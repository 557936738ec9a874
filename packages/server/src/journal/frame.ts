import zlib from 'node:zlib'

/**
 * A record on disk: magic (4 bytes), length of the payload (u32 LE), CRC-32 of length and payload (u32 LE), payload.
 *
 * The magic starts with 0xFF, which no UTF-8 text contains, so a payload of JSON lines can never look like a record
 * and the next record after unreadable bytes is found by searching for it.
 */
const MAGIC = Buffer.from([0xff, 0x6e, 0x73, 0x6d])
export const HEADER_BYTES = 12
/** A longer length is damage, not a record: commits are far smaller. */
const PAYLOAD_LIMIT = 64 * 1024 * 1024

/** The bytes of one record. The payload must be UTF-8 text and not empty (zeros on a disk must not read as a record). */
export function encodeFrame(payload: Buffer): Buffer {
  if (payload.length === 0 || payload.length > PAYLOAD_LIMIT) {
    throw new RangeError(`A record holds 1 to ${PAYLOAD_LIMIT} bytes, not ${payload.length}.`)
  }
  const frame = Buffer.allocUnsafe(HEADER_BYTES + payload.length)
  MAGIC.copy(frame, 0)
  frame.writeUInt32LE(payload.length, 4)
  payload.copy(frame, HEADER_BYTES)
  frame.writeUInt32LE(checksum(frame, 0, payload.length), 8)
  return frame
}

export interface Frame {
  payload: Buffer
  /** Where the next record starts. */
  next: number
}

/** The record at `offset`, or null when there is no whole, sound record there. */
export function readFrame(bytes: Buffer, offset: number): Frame | null {
  const length = frameLength(bytes, offset)
  if (length === null || bytes.length < offset + HEADER_BYTES + length) return null
  if (bytes.readUInt32LE(offset + 8) !== checksum(bytes, offset, length)) return null
  const next = offset + HEADER_BYTES + length
  return { payload: bytes.subarray(offset + HEADER_BYTES, next), next }
}

/** The payload's length that the header at `offset` promises, or null when no header is there. */
export function frameLength(bytes: Buffer, offset: number): number | null {
  if (bytes.length < offset + HEADER_BYTES || MAGIC.compare(bytes, offset, offset + 4) !== 0) return null
  const length = bytes.readUInt32LE(offset + 4)
  return length === 0 || length > PAYLOAD_LIMIT ? null : length
}

/** Where the next sound record after `from` starts, or null when there is none. */
export function findFrame(bytes: Buffer, from: number): number | null {
  for (let at = bytes.indexOf(MAGIC, from); at >= 0; at = bytes.indexOf(MAGIC, at + 1)) {
    if (readFrame(bytes, at)) return at
  }
  return null
}

function checksum(bytes: Buffer, offset: number, length: number): number {
  const start = offset + HEADER_BYTES
  return zlib.crc32(bytes.subarray(start, start + length), zlib.crc32(bytes.subarray(offset + 4, offset + 8)))
}
