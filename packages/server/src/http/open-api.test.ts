import { readFile } from 'node:fs/promises'
import type { Tree } from '@nsm/schema'
import { pino } from 'pino'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Collector } from '../collect/routes.js'
import { createApp } from './app.js'
import { loadDashboard } from './dashboard.js'
import { createKeyring } from './keys.js'
import { createMetrics } from './metrics.js'
import { SCRIPTS, type StaticFile } from './scripts.js'

interface Operation {
  summary: string
  description?: string
  parameters?: { name: string; in: string; required: boolean; description?: string; schema: object }[]
  requestBody?: { required: boolean; content: Record<string, { schema: object }> }
  responses: Record<string, { content: Record<string, { schema: { $ref?: string } }> }>
  security: Record<string, []>[]
}
interface Document {
  openapi: string
  paths: Record<string, { get?: Operation; post?: Operation }>
  components: { schemas: Record<string, object>; securitySchemes: object }
}

let document: Document

beforeAll(async () => {
  const keys = createKeyring({}, '127.0.0.1')
  const tree = { tree: {} as Tree, problem: null, close: () => {} }
  const scripts = SCRIPTS.map(
    ([name, , summary]) => [name, { type: 'text/javascript', summary } as StaticFile] as const,
  )
  const files = new Map([...scripts, ...(await loadDashboard())])
  // Only the routes matter; nothing here is asked.
  const app = createApp({
    collector: { keys, metrics: createMetrics(), bodies: { bytes: 0 } } as unknown as Collector,
    journal: {},
    reader: { onDown: () => {} },
    tree,
    socketPath: '',
    files,
    dashboard: { keys, host: '127.0.0.1', files: new Map(), tree },
    logger: pino({ level: 'silent' }),
  } as unknown as Parameters<typeof createApp>[0])
  const answer = await app.inject('/openapi.json')
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
  document = answer.json()
  await app.close()
})

describe('the OpenAPI document', () => {
  it('is of the version whose schemas are JSON Schema', () => {
    expect(document.openapi).toBe('3.1.0')
  })

  it('says what a report takes, from the schema that reads it', () => {
    const parametersOf = (path: string) =>
      document.paths[path]?.get?.parameters?.map(({ name, required }) => `${name}${required ? '' : '?'}`)
    expect(parametersOf('/v1/report')).toEqual(['metric?', 'grain?', 'periods?', 'asOf?', 'segment?'])
    expect(parametersOf('/v1/report/stream')).toEqual(parametersOf('/v1/report'))
    expect(parametersOf('/v1/card.txt')).toEqual(parametersOf('/v1/report'))
    expect(parametersOf('/v1/query')).toEqual(['metric', 'grain', 'from', 'to', 'asOf?', 'segment?'])
    expect(document.paths['/nsm.js']?.get?.parameters).toEqual([
      {
        name: 'v',
        in: 'query',
        required: false,
        description: "The file's hash. With it, the answer may be cached forever.",
        schema: { type: 'string' },
      },
    ])
  })

  it('says what a body may be, and what is answered', () => {
    const batch = document.paths['/v1/batch']?.post
    expect(batch?.requestBody).toEqual({
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Batch' } } },
    })
    expect(batch?.responses['200']?.content['application/json']?.schema).toEqual({
      $ref: '#/components/schemas/Answer',
    })
    expect(Object.keys(document.paths['/v1/import']?.post?.requestBody?.content ?? {})).toEqual([
      'application/x-ndjson',
      'application/json',
    ])
    expect(Object.keys(document.paths['/v1/live']?.get?.responses['200']?.content ?? {})).toEqual([
      'application/json',
      'text/event-stream',
    ])
  })

  it('says of each route what it is for, who may ask, and how it says no', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods) as Operation[])
    expect(operations.length).toBeGreaterThan(25)
    for (const { summary, security, responses } of operations) {
      expect(summary).toMatch(/\w/)
      expect(security).toBeInstanceOf(Array)
      expect(Object.keys(responses['200']?.content ?? {}).length).toBeGreaterThan(0)
      expect(responses['default']?.content['application/json']?.schema.$ref).toBe('#/components/schemas/Error')
    }
  })

  it('refers to nothing that is not there', () => {
    const pointers = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, pointer]) => String(pointer))
    expect(pointers.length).toBeGreaterThan(30)
    for (const pointer of new Set(pointers)) {
      const keys = pointer.replace(/^#\//, '').split('/')
      const target = keys.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document)
      expect(target, pointer).toBeTypeOf('object')
    }
  })
})

const KEYS: Record<string, string> = { writeKey: 'write', readToken: 'read', secretKey: 'secret' }

/** The README's table of routes, made from the document. A short address stands beside the one that it is short for. */
function routeTable(): string {
  const operations = Object.entries(document.paths).flatMap(([path, { get, post }]) =>
    [get, post].flatMap((operation) =>
      operation ? [{ path, method: operation === get ? 'GET' : 'POST', ...operation }] : [],
    ),
  )
  const shortOf = new Map(operations.map(({ path, summary }) => [/^Short for (.*)$/.exec(summary)?.[1], path]))
  const rows = operations
    .filter(({ summary }) => !summary.startsWith('Short for '))
    .map(({ path, method, summary, description, security, parameters = [] }) => {
      const short = shortOf.get(path)
      const address = `\`${method} ${path}\`${short ? ` or \`${short}\`` : ''}`
      const keys = security.flatMap((scheme) => Object.keys(scheme)).flatMap((scheme) => KEYS[scheme] ?? [])
      const names = parameters.map(({ name, required }) => `\`${name}${required ? '' : '?'}\``)
      return `| ${address} | ${keys.join(' or ')} | ${names.join(' ')} | ${summary}.${description ? ` ${description}` : ''} |`
    })
  // What is asked most comes first.
  rows.sort((a, b) => Number(b.includes(' /v1/')) - Number(a.includes(' /v1/')))
  return ['| route | key | parameters | what |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

it('the README has a table of all routes', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  const section = /^## Routes\n(.*?)^## /ms.exec(readme)?.[1] ?? ''
  const table = section.match(/(?:^\|.*\n)+/m)?.[0].trim()
  // To mend it, paste the expected one.
  expect(table).toBe(routeTable())
})
