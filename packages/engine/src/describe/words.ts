import { type EventNames, isEntity, type Noun, type Tree } from '@nsm/schema'

/** One of what is counted, and any other number of it. */
export interface Forms {
  one: string
  other: string
}

/** Events as one noun. */
export interface EventForms extends Forms {
  /** Whether they have several names. */
  several: boolean
}

const LONGEST_NAME = 60

const EVENTS: Record<string, Forms> = {
  '*': { one: 'event', other: 'events' },
  $page: { one: 'page view', other: 'page views' },
  $screen: { one: 'screen view', other: 'screen views' },
  $identify: { one: 'identification', other: 'identifications' },
  $group: { one: 'group assignment', other: 'group assignments' },
  $alias: { one: 'alias', other: 'aliases' },
}
const ENTITIES: Record<string, Forms> = {
  user: { one: 'user', other: 'users' },
  session: { one: 'session', other: 'sessions' },
}

/** Several events as one noun, `messages or files`: by the nouns that the tree declares, else by their names in quotes. */
export function eventNoun({ events }: Pick<Tree, 'events'>, event: EventNames): EventForms {
  const nouns = [event].flat().map((name) => {
    const declared = own(events, name)?.noun
    const quoted = quote(name)
    return declared ? formsOf(declared) : (own(EVENTS, name) ?? { one: `${quoted} event`, other: `${quoted} events` })
  })
  const one = nouns.map((noun) => noun.one)
  const other = nouns.map((noun) => noun.other)
  return { one: joined(one, 'or'), other: joined(other, 'or'), several: nouns.length > 1 }
}

/** An entity as the tree labels it, else by its id in quotes. */
export function entityNoun({ entities }: Pick<Tree, 'entities'>, id: string): Forms {
  const label = own(entities, id)?.label
  const quoted = quote(id)
  return label ? formsOf(label) : (own(ENTITIES, id) ?? { one: `${quoted} entity`, other: `${quoted} entities` })
}

/** What a `unique` counts: a declared entity means its id, any other name a property. */
export function thingNoun(tree: Pick<Tree, 'entities'>, name: string): Forms {
  if (isEntity(tree, name)) return entityNoun(tree, name)
  return { one: `${propertyName(name)} value`, other: `${propertyName(name)} values` }
}

function formsOf(noun: Noun): Forms {
  return typeof noun === 'string' ? { one: noun, other: noun } : { one: noun.one ?? noun.other, other: noun.other }
}

/** A property as it is written; in quotes where it is more than a word. */
export function propertyName(name: string): string {
  return isWord(name) ? name : quote(name)
}

export function isWord(name: string): boolean {
  return name.length <= LONGEST_NAME && /^\p{Ll}+$/u.test(name)
}

function quote(name: string): string {
  const letters = [...name]
  return `“${letters.length <= LONGEST_NAME ? name : `${letters.slice(0, LONGEST_NAME - 1).join('')}…`}”`
}

/** `a`, `a or b`, `a, b or c`. */
export function joined(parts: readonly string[], word: string): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} ${word} ${last}`
}

export function number(value: number): string {
  return NUMBER.format(value)
}

/** The form of a noun that goes with a number. */
export function formFor(value: number, { one, other }: Forms): string {
  return PLURAL.select(value) === 'one' ? one : other
}

/** Made once: a format costs more to make than all it will ever print. */
const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 6 })
const PLURAL = new Intl.PluralRules('en', { maximumFractionDigits: 6 })

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}
