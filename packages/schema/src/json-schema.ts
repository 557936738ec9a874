import { z } from 'zod'
import { messageSchema } from './event/message.js'
import { reportSchema } from './report/report.js'
import { treeShapeSchema } from './tree/tree.js'

/**
 * The contracts as JSON Schema (draft 2020-12), by file name, made from the zod schemas: `tree.schema.json`,
 * `event.schema.json`, `report.schema.json`. The build writes them into `dist`.
 */
export function jsonSchemas(): Record<string, object> {
  const files = {
    tree: treeShapeSchema,
    event: messageSchema,
    report: reportSchema,
  }
  return Object.fromEntries(
    Object.entries(files).map(([name, schema]) => [
      `${name}.schema.json`,
      {
        $id: `urn:nsm:schema:${name}`,
        ...z.toJSONSchema(schema, { io: 'input' }),
      },
    ]),
  )
}
