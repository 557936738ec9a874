/** Random hex digits for the next ids: to ask for them each time takes longer than to make an id of them. */
let digits = ''

/** A UUIDv7 (RFC 9562) for an instant in ms. Not `crypto.randomUUID`, which pages on plain http do not have. */
export function uuid(time: number): string {
  if (!digits) {
    for (const byte of crypto.getRandomValues(new Uint8Array(360))) digits += (byte % 16).toString(16)
  }
  const stamp = time.toString(16).padStart(12, '0')
  const id = [stamp.slice(0, 8), stamp.slice(8), 7 + digits.slice(0, 3), 8 + digits.slice(3, 6), digits.slice(6, 18)]
  digits = digits.slice(18)
  return id.join('-')
}
