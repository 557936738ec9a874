/** For a hundred ids: to ask for random bytes takes longer than to make an id of them. */
const random = new Uint8Array(1_800)
let used = 0

/** A UUIDv7 (RFC 9562) for an instant in ms. Not `crypto.randomUUID`, which pages on plain http do not have. */
export function uuid(time: number): string {
  const stamp = time.toString(16).padStart(12, '0')
  let id = `${stamp.slice(0, 8)}-${stamp.slice(8)}`
  used %= random.length
  if (!used) crypto.getRandomValues(random)
  for (const digit of '-7xxx-8xxx-xxxxxxxxxxxx') {
    id += digit === 'x' ? (random[used++]! % 16).toString(16) : digit
  }
  return id
}
