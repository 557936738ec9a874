import type { Tree } from '@nsm/schema'

const TYPES = {
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  array: 'unknown[]',
  object: 'Record<string, unknown>',
}

/**
 * The events that a tree declares, as a declaration file for `@nsm/sdk`: with it in a project, unknown names and wrong
 * properties do not compile.
 * Every property is optional: the tree says what its metrics read, not what a product must send. The `$page`, `$identify`, …
 * of the other calls are not tracked by name and left out.
 */
export function eventTypes(tree: Pick<Tree, 'product' | 'events'>): string {
  const events = Object.entries(tree.events).filter(([name]) => !name.startsWith('$'))
  const lines = events.map(([name, { description, properties = {} }]) => {
    const comment = description ? `    /** ${oneLine(description)} */\n` : ''
    const types = Object.entries(properties).map(([property, type]) => `${key(property)}?: ${TYPES[type]}`)
    const shape = types.length > 0 ? `{ ${types.join('; ')} }` : 'Record<string, unknown>'
    return `${comment}    ${key(name)}: ${shape}`
  })
  return `// The events of ${oneLine(tree.product)}, written by nsm types from its metric tree.
import type {} from '@nsm/sdk'

declare module '@nsm/sdk' {
  interface Events {
${lines.join('\n')}
  }
}
`
}

const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name))
const oneLine = (text: string) => text.replaceAll('*/', '*\\/').replace(/\s+/g, ' ').trim()
