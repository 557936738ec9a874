import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import type { z } from 'zod'
import { jsonSchemas, reportSchema, treeShapeSchema } from './index.js'

/** The fields in the first column of the table below a heading of the README. */
async function fieldsBelow(heading: string): Promise<string[]> {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const section = readme.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''
  const cells = [...section.matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => String(cell))
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => String(name)))
}

const fieldsOf = (schema: z.ZodObject) => Object.keys(schema.shape)

it('the README has every field of an event', async () => {
  const { oneOf } = jsonSchemas()['event.schema.json'] as { oneOf: { properties: object }[] }
  const fields = new Set(oneOf.flatMap(({ properties }) => Object.keys(properties)))
  expect((await fieldsBelow('The event')).sort()).toEqual([...fields].sort())
})

it.each([
  ['The tree', treeShapeSchema],
  ['The report', reportSchema],
])('the README has every field below %s', async (heading, schema) => {
  expect((await fieldsBelow(heading)).sort()).toEqual(fieldsOf(schema as z.ZodObject).sort())
})
