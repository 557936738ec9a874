import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Session } from 'chdb'

/** An embedded engine that is reached as a ClickHouse server is. */
export interface Served {
  url: string
  /** Makes the next statement that matches fail, once. */
  refuse(statement: RegExp): void
  close(): Promise<void>
}

/**
 * The embedded engine behind the HTTP interface of a ClickHouse server, for tests: the real client, the real SQL, a real
 * socket.
 */
export async function serveEngine(session: Session): Promise<Served> {
  let refused: RegExp | undefined
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const body = await text(request)
    const sql = [url.searchParams.get('query') ?? '', body].filter((part) => part !== '').join('\n')
    try {
      if (refused?.test(sql)) {
        refused = undefined
        throw new Error('Not now.')
      }
      const result = await session.queryAsync(sql)
      response.writeHead(200).end(result.bytes())
    } catch (error) {
      response.writeHead(500).end(String((error as Error).message))
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://nsm:secret@127.0.0.1:${(server.address() as AddressInfo).port}`,
    refuse(statement) {
      refused = statement
    },
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}
