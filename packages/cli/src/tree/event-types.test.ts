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
      description: 'Said */ something.',
      properties: { bot: 'boolean', 'sent at': 'string', tags: 'array' },
    },
    'sign "up"': {},
    $page: {},
  },
  northStar: ['m'],
  metrics: { m: { title: 'M', definition: { kind: 'count', event: '*' } } },
})

it('generates types that compile, accept declared events and reject others', () => {
  const problems = problemsOf({
    'sdk.d.ts': "declare module '@nsm/sdk' { export interface Events {} }",
    'events.ts': eventTypes((parsed.ok && parsed.value) as Tree),
    'use.ts': `import type { Events } from '@nsm/sdk'
export const good: Events['message_sent'] = { bot: true, 'sent at': 'noon', tags: [1] }
export const other: Events['sign "up"'] = { anything: 1 }
// @ts-expect-error a string is not a boolean
export const wrong: Events['message_sent'] = { bot: 'yes' }
// @ts-expect-error it is not tracked by name
export type Page = Events['$page']
`,
  })
  expect(problems).toEqual([])
})

function problemsOf(files: Record<string, string>): string[] {
  const host = ts.createCompilerHost({})
  const read = host.getSourceFile
  host.getSourceFile = (name, ...rest) => {
    const text = files[name]
    return text === undefined ? read.call(host, name, ...rest) : ts.createSourceFile(name, text, ts.ScriptTarget.ES2022)
  }
  const options = { strict: true, noEmit: true, types: [], lib: ['lib.es2023.d.ts'] }
  const program = ts.createProgram(Object.keys(files), options, host)
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}
