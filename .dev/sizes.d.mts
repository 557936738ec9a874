interface Size {
  raw: number
  gzip: number
  brotli: number
}

export function sdkSizes(): Promise<Record<'script' | 'stub' | 'initAndTrack' | 'auto', Size>>
