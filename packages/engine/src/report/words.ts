import type { EventNames } from '@nsm/schema'

/** What can be counted, as a reader would call one and many of it. */
export interface Noun {
  one: string
  many: string
}

const LONGEST_NAME = 60
const IRREGULAR_PARTICIPLES = new Set(
  `begun bought broken brought built chosen done drawn drunk eaten felt found forgotten given gone held heard hidden kept
  left lent lost made met paid put read ridden run seen sent set shown sold spent spoken sung taken taught thrown told
  understood won worn written`.split(/\s+/),
)
const NOT_PARTICIPLES = new Set(['bed', 'embed', 'feed', 'need', 'red', 'seed', 'shed', 'speed', 'weed'])
const PARTICLES = new Set(['up', 'in', 'out', 'on', 'off', 'down', 'over', 'back', 'away'])
const ADJECTIVE =
  /(able|ible|ous|ful|less)$|^(internal|external|automatic|synthetic|active|inactive|free|new|valid|invalid)$/

const NAMED_BY_TYPE: Record<string, Noun> = {
  '*': { one: 'event of any kind', many: 'events of any kind' },
  $page: { one: 'page view', many: 'page views' },
  $screen: { one: 'screen view', many: 'screen views' },
  $identify: { one: 'identification', many: 'identifications' },
  $group: { one: 'group assignment', many: 'group assignments' },
  $alias: { one: 'alias', many: 'aliases' },
}

/** `message_sent`, `MessageSent` and `Message Sent` are messages sent; names that are no words stay in quotes. */
export function eventNoun(name: string): Noun {
  const known = Object.hasOwn(NAMED_BY_TYPE, name) ? NAMED_BY_TYPE[name] : undefined
  if (known) return known
  if (!isWords(name)) return quoted(name)
  const words = split(name)
  const last = words.at(-1) as string
  const before = words.slice(0, -1)
  if (isParticiple(last) && before.length > 0 && !before.some(isParticiple)) {
    const phrase = (noun: string) => [...before.slice(0, -1), noun, last].join(' ')
    return { one: phrase(singular(before.at(-1) as string)), many: phrase(plural(before.at(-1) as string)) }
  }
  if (isParticiple(last) || words.some(isParticiple) || PARTICLES.has(last)) return quoted(words.join(' '))
  const phrase = (noun: string) => [...before, noun].join(' ')
  return { one: phrase(singular(last)), many: phrase(plural(last)) }
}

/** Several events as one noun: `messages sent or files shared`. */
export function eventsNoun(event: EventNames): Noun {
  return oneOf((Array.isArray(event) ? event : [event]).map(eventNoun))
}

function oneOf(nouns: readonly Noun[]): Noun {
  return {
    one: joined(
      nouns.map(({ one }) => one),
      'or',
    ),
    many: joined(
      nouns.map(({ many }) => many),
      'or',
    ),
  }
}

/** Events called by their names, for where an event is something with a content: `“plan changed” event`. */
export function namedEvents(event: EventNames): Noun {
  const nouns = (Array.isArray(event) ? event : [event]).map((name) => {
    const byType = Object.hasOwn(NAMED_BY_TYPE, name) ? NAMED_BY_TYPE[name] : undefined
    return byType ?? quoted(isWords(name) ? split(name).join(' ') : name)
  })
  return oneOf(nouns)
}

/** A property or an id as words: `seat_count` is seat count. */
export function humanise(name: string): string {
  return isWords(name) ? split(name).join(' ') : `“${shortened(name)}”`
}

/** What a boolean property marks: `is_bot` is bots, `internal` is internal ones. */
export function marked(property: string): string {
  const words = humanise(property).replace(/^(is|was|has) /, '')
  const last = words.split(' ').at(-1) as string
  if (words.startsWith('“') || ADJECTIVE.test(last) || isParticiple(last)) return `${words} ones`
  return words.slice(0, -last.length) + plural(last)
}

/** `a`, `a or b`, `a, b or c`. */
export function joined(parts: readonly string[], word: string): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} ${word} ${last}`
}

/** @returns the plural of an English noun; one that is plural already stays. */
export function plural(word: string): string {
  if (/(ss|us|is|x|z|ch|sh)$/.test(word)) return word.endsWith('is') ? `${word.slice(0, -2)}es` : `${word}es`
  if (word.endsWith('s')) return word
  if (word === 'person') return 'people'
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  return `${word}s`
}

export function number(value: number): string {
  return FORMAT.format(value)
}

/** Made once: a format costs more to make than all it will ever print. */
const FORMAT = new Intl.NumberFormat('en', { maximumFractionDigits: 6 })

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Lower case first letter, unless the word is an abbreviation or a name in quotes. */
export function uncapitalised(text: string): string {
  return /^\p{Lu}(\p{Ll}|\b)/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}

function singular(word: string): string {
  if (/(ss|us|is)$/.test(word) || !word.endsWith('s')) return word
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`
  return /(ss|x|z|ch|sh)es$/.test(word) ? word.slice(0, -2) : word.slice(0, -1)
}

function isParticiple(word: string): boolean {
  return IRREGULAR_PARTICIPLES.has(word) || (word.endsWith('ed') && !NOT_PARTICIPLES.has(word))
}

function isWords(name: string): boolean {
  return name.length <= LONGEST_NAME && /^[\p{L}\p{N}][\p{L}\p{N} _.:/-]*$/u.test(name)
}

function split(name: string): string[] {
  return name
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .split(/[ _.:/-]+/)
    .filter(Boolean)
    .map((word) => (/^\p{Lu}{2,}$/u.test(word) && name !== name.toUpperCase() ? word : word.toLowerCase()))
}

function quoted(name: string): Noun {
  return { one: `“${shortened(name)}” event`, many: `“${shortened(name)}” events` }
}

function shortened(name: string): string {
  const letters = [...name]
  return letters.length <= LONGEST_NAME ? name : `${letters.slice(0, LONGEST_NAME - 1).join('')}…`
}
