import Negotiator from 'negotiator'

export type Encoding = 'br' | 'gzip'

/** As the library is; its types do not know `preferred` yet. */
interface PreferringNegotiator {
  encoding(available: string[], options: { preferred: string[] }): string | undefined
}

/**
 * The best content encoding of those available that an `Accept-Encoding` header allows, or null for the plain bytes.
 * Where the header likes two equally well, the first of `available` wins.
 */
export function chooseEncoding(header: string | undefined, available: readonly Encoding[]): Encoding | null {
  const negotiator: PreferringNegotiator = new Negotiator({ headers: { 'accept-encoding': header } })
  // Without a header any encoding would do (RFC 9110), but such clients, curl for one, cannot decode.
  const best = negotiator.encoding([...available, 'identity'], { preferred: [...available] })
  return best === 'br' || best === 'gzip' ? best : null
}
