/** Random numbers for the next ids: to ask for them each time takes longer than to make an id of them. */
const random = new Uint32Array(1_000)
let left = 0

/** Up to eight random hex digits. */
const hex = (digits: number) => {
  if (!left) left = crypto.getRandomValues(random).length
  return (random[--left]! + 2 ** 32).toString(16).slice(-digits)
}

/** A UUIDv7 (RFC 9562) for an instant in ms. Not `crypto.randomUUID`, which pages on plain http do not have. */
export function uuid(time: number): string {
  // One digit more than it has, so that none is missing.
  const stamp = (time + 2 ** 48).toString(16)
  return `${stamp.slice(1, 9)}-${stamp.slice(9)}-7${hex(3)}-8${hex(3)}-${hex(6)}${hex(6)}`
}
