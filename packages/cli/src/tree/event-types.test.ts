import { parseTree, type Tree } from '@nsm/schema'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { eventTypes } from './event-types.js'

const parsed = parseTree({
  version: 1,
  product: 'Chat */ "2"',
  calendar: { timezone: 'UTC' },
  events: {
    message_sent: {
      describes: 'Said */ something.',
      properties: { bot: 'boolean', 'sent at': 'string', tags: 'array' },
    },
    'sign "up"': {},
    $page: {},
  },
  northStar: ['m'],
  metrics: { m: { title: 'M', definition: { kind: 'count', event: '*' } } },
})

it('the types of a tree compile, and accept and refuse what they should', () => {
  const source = `${eventTypes((parsed.ok && parsed.value) as Tree)}
const good: Events['message_sent'] = { bot: true, 'sent at': 'noon', tags: [1] }
const other: Events['sign "up"'] = { anything: 1 }
// @ts-expect-error a text is no boolean
const wrong: Events['message_sent'] = { bot: 'yes' }
// @ts-expect-error it is not tracked by name
type Page = Events['$page']
export { good, other, wrong, type Page }
`
  expect(problemsOf(source)).toEqual([])
})

function problemsOf(source: string): string[] {
  const host = ts.createCompilerHost({})
  const read = host.getSourceFile
  host.getSourceFile = (name, ...rest) =>
    name === 'events.ts' ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022) : read.call(host, name, ...rest)
  const program = ts.createProgram(
    ['events.ts'],
    { strict: true, noEmit: true, types: [], lib: ['lib.es2023.d.ts'] },
    host,
  )
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}
