/**
 * A text as a ClickHouse literal. Whatever it holds, it stays inside: the only characters that mean something in a
 * single-quoted literal are the quote and the backslash.
 */
export function quoteText(text: string): string {
  return `'${wellFormed(text).replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`
}

/** A name as a ClickHouse identifier. */
export function quoteName(name: string): string {
  return `\`${wellFormed(name).replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('\0', '\\0')}\``
}

/** The same text with each lone surrogate replaced, because UTF-8 has no way to write one. */
export function wellFormed(text: string): string {
  return /[\uD800-\uDFFF]/.test(text) ? Buffer.from(text, 'utf8').toString('utf8') : text
}
