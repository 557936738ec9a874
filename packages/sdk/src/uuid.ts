/** A UUIDv7 (RFC 9562) for an instant in ms. Not `crypto.randomUUID`, which pages on plain http do not have. */
export function uuid(time: number): string {
  const random = crypto.getRandomValues(new Uint8Array(18))
  let i = 0
  return (
    time.toString(16).padStart(12, '0').replace(/.{8}/, '$&-') +
    '-7xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => ((random[i++] as number) % 16).toString(16))
  )
}
