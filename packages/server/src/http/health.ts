import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { comparePositions, type Journal } from '../journal/index.js'
import type { ReaderProcess } from '../process/supervise.js'
import type { WatchedTree } from '../process/tree-file.js'
import { json } from './route-schema.js'

export interface Parts {
  journal: Journal
  reader: ReaderProcess
  tree: WatchedTree
}

const partSchema = z.object({ ok: z.boolean(), problem: z.string().nullable() })
const readinessSchema = z.object({
  ready: z.boolean(),
  journal: partSchema,
  store: partSchema.extend({
    applied: z.boolean().describe('Whether every acknowledged event is in the reports by now.'),
  }),
  tree: partSchema,
})

/**
 * `GET /healthz`: this process answers. `GET /readyz`: the journal can be written and the store is reachable, or what is
 * wrong. Both are open to everybody, so no sentence names a folder or an address; the log does.
 */
export function healthRoutes(app: FastifyInstance, { journal, reader, tree }: Parts): void {
  const alive = { summary: 'Whether the collector answers', answer: json(z.object({ alive: z.literal(true) })) }
  app.get('/healthz', { schema: alive }, async () => ({ alive: true }))

  const ready = {
    summary: 'Whether events can be kept and reports answered',
    description: 'Answers 503 with the reason when they cannot.',
    answer: json(readinessSchema),
  }
  app.get('/readyz', { schema: ready }, async (_request, reply) => {
    const journalProblem = await journal.check()
    const storeProblem = reader.problem
    const ready = journalProblem === null && storeProblem === null
    reply.code(ready ? 200 : 503).header('cache-control', 'no-store')
    return {
      ready,
      journal: { ok: journalProblem === null, problem: journalProblem },
      store: {
        ok: storeProblem === null,
        problem: storeProblem,
        applied: reader.applied !== null && comparePositions(reader.applied, journal.end) >= 0,
      },
      // A broken tree file is no reason to stop: the last good one is in use.
      tree: { ok: tree.problem === null, problem: tree.problem },
    }
  })
}
