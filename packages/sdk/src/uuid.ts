/** A UUIDv7 (RFC 9562) for an instant in ms. Not `crypto.randomUUID`, which pages on plain http do not have. */
export function uuid(time: number): string {
  const random = crypto.getRandomValues(new Uint8Array(19))
  const hex = time.toString(16).padStart(12, '0')
  let i = 0
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7xxx-yxxx-xxxxxxxxxxxx`.replace(/[xy]/g, (place) => {
    const value = random[i++] as number
    return (place === 'x' ? value & 15 : (value & 3) | 8).toString(16)
  })
}
