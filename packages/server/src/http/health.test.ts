import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { healthRoutes, type Parts } from './health.js'

const END = { segment: 3, offset: 500 }

let app: FastifyInstance
let journalProblem: string | null
let checks: number
let reader: { problem: string | null; applied: { segment: number; offset: number } | null }
let tree: { problem: string | null }

beforeEach(() => {
  journalProblem = null
  checks = 0
  reader = { problem: null, applied: END }
  tree = { problem: null }
  const journal = {
    end: END,
    async check() {
      checks++
      return journalProblem
    },
  }
  app = fastify()
  healthRoutes(app, { journal, reader, tree } as unknown as Parts)
})
afterEach(() => app.close())

async function readyz() {
  const answer = await app.inject('/readyz')
  return { status: answer.statusCode, cacheControl: answer.headers['cache-control'], ...answer.json() }
}

const fine = { ok: true, problem: null }

describe('/healthz', () => {
  it('says that the collector answers, whatever else is wrong', async () => {
    journalProblem = 'The disk is full.'
    reader.problem = 'The reader is starting.'
    const answer = await app.inject('/healthz')
    expect([answer.statusCode, answer.json(), checks]).toEqual([200, { alive: true }, 0])
  })
})

describe('/readyz', () => {
  it('is 200 when events can be kept and reports answered, and never from a cache', async () => {
    expect(await readyz()).toEqual({
      status: 200,
      cacheControl: 'no-store',
      ready: true,
      journal: fine,
      store: { ...fine, applied: true },
      tree: fine,
    })
  })

  it('asks the journal anew each time, which mends it when it can', async () => {
    await readyz()
    await readyz()
    expect(checks).toBe(2)
  })

  it('is 503 with what is wrong when the journal cannot be written', async () => {
    journalProblem = 'The journal cannot be written (EIO); the log says more.'
    expect(await readyz()).toMatchObject({
      status: 503,
      ready: false,
      journal: { ok: false, problem: journalProblem },
      store: { ok: true },
    })
  })

  it('is 503 with what is wrong when the store takes no events', async () => {
    reader.problem = 'The store does not answer.'
    expect(await readyz()).toMatchObject({
      status: 503,
      ready: false,
      journal: fine,
      store: { ok: false, problem: 'The store does not answer.' },
    })
  })

  it.each([
    ['nothing is applied yet', null],
    ['the last commit is not applied yet', { segment: 3, offset: 499 }],
    ['a whole segment is not applied yet', { segment: 2, offset: 9_000 }],
  ])('tells that reports lag behind while %s, which is no reason to stop', async (_, applied) => {
    reader.applied = applied
    expect(await readyz()).toMatchObject({ status: 200, store: { ok: true, applied: false } })
  })

  it('tells of a broken tree file, which is no reason to stop: the last good tree is in use', async () => {
    tree.problem = 'northstar.json:1:2 is not JSON: it ends too early.'
    expect(await readyz()).toMatchObject({ status: 200, ready: true, tree: { ok: false, problem: tree.problem } })
  })
})
