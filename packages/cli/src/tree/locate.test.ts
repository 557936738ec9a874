import { formatPath } from '@nsm/schema'
import { expect, it } from 'vitest'
import { lineOf } from './locate.js'

const text = `{
  "events": {
    "sign \\"up\\"": {},
    "a.b": { "value": 1 }
  },
  "metrics": {
    "m": {
      "formula": { "sum": [
        "x",
        ["y", 2]
      ] }
    }
  }
}`

it.each<[PropertyKey[], number]>([
  [[], 1],
  [['events'], 2],
  [['events', 'sign "up"'], 3],
  [['events', 'a.b', 'value'], 4],
  [['metrics', 'm', 'formula', 'sum', 1, 0], 10],
  [['metrics', 'm', 'owner'], 7],
  [['decision', 'pressure', 'gaming'], 1],
])('%j stands in line %i', (path, line) => {
  expect(lineOf(text, formatPath(path))).toBe(line)
})
