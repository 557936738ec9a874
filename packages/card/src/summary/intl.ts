import type { Noun } from '@nsm/schema'

// A page's first formatter takes 20 to 35 ms to create, each further one about 0.1 ms. Create on demand, then cache.
const made = new Map<string, unknown>()

function keep<T>(key: string, make: () => T): T {
  if (!made.has(key)) made.set(key, make())
  return made.get(key) as T
}

/** A cached `Intl.NumberFormat`. */
export const numberFormat = (lang: string, options: Intl.NumberFormatOptions): Intl.NumberFormat =>
  keep(`n${lang}${JSON.stringify(options)}`, () => new Intl.NumberFormat(lang, options))

/** A cached `Intl.DateTimeFormat`. */
export const dateFormat = (lang: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  keep(`d${lang}${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(lang, options))

/** A cached `Intl.RelativeTimeFormat` that says "last week", not "1 week ago". */
export const relativeFormat = (lang: string): Intl.RelativeTimeFormat =>
  keep(`r${lang}`, () => new Intl.RelativeTimeFormat(lang, { numeric: 'auto' }))

/** The plural form for a number, rounded to a maximum number of decimals. */
export function formFor(noun: Noun, value: number, lang: string, maximumFractionDigits: number): string {
  if (typeof noun === 'string') return noun
  const rules = keep(`p${lang}${maximumFractionDigits}`, () => new Intl.PluralRules(lang, { maximumFractionDigits }))
  return noun[rules.select(value)] ?? noun.other
}

/** A cached `Intl.ListFormat`: "a, b and c". */
export const listFormat = (lang: string): Intl.ListFormat => keep(`l${lang}`, () => new Intl.ListFormat(lang))

/** A language that `Intl` accepts. A page with an invalid `lang="en_US"` should still show its numbers. */
export function language(tag = 'en'): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? 'en'
  } catch {
    return 'en'
  }
}
