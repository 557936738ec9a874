import { describe, expect, it } from 'vitest'
import { openApi } from './open-api.js'

describe('the OpenAPI document', () => {
  it('says what a report takes, from the schema that reads it', () => {
    const { paths } = openApi() as {
      paths: Record<string, { get: { parameters: { name: string; required: boolean }[] } }>
    }
    expect(paths['/v1/report']?.get.parameters.map(({ name }) => name)).toEqual([
      'metric',
      'grain',
      'periods',
      'asOf',
      'segment',
    ])
    expect(paths['/v1/query']?.get.parameters.filter(({ required }) => required).map(({ name }) => name)).toEqual([
      'metric',
      'grain',
      'from',
      'to',
    ])
  })

  it('refers to nothing that is not there', () => {
    const document = openApi() as { components: { schemas: object } }
    const names = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name)
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) expect(document.components.schemas).toHaveProperty(String(name))
  })
})
