import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { answerFromTable } from './answer.js'
import { Refusal } from './codes.js'
import { importRoutes } from './collect/import.js'
import { type Collector, collectRoutes, requireKind } from './collect/routes.js'
import { allowAnyOrigin } from './cors.js'
import { type DashboardOptions, dashboardRoutes } from './dashboard.js'
import { healthRoutes, type Parts } from './health.js'
import { presentedKey } from './keys.js'
import { createProxy } from './proxy.js'
import { type StaticFile, serveFiles } from './scripts.js'

export interface AppOptions extends Parts {
  collector: Collector
  socketPath: string
  files: ReadonlyMap<string, StaticFile>
  dashboard: DashboardOptions
  logger: FastifyBaseLogger
}

/** Everything on the one port: events in, health, script files, the dashboard, and the reader's answers passed on. */
export function createApp(options: AppOptions): FastifyInstance {
  const { collector, reader, logger } = options
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // Node's own bounds the head; the body's differs: a batch has half a minute, an import as long as it moves.
    requestTimeout: 0,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: false,
  })
  answerFromTable(app)
  healthRoutes(app, options)
  dashboardRoutes(app, options.dashboard)
  serveFiles(app, options.files)

  app.register(
    async (v1) => {
      allowAnyOrigin(v1)
      v1.register(async (routes) => collectRoutes(routes, collector))
      v1.register(async (routes) => importRoutes(routes, collector))
      v1.register(async (routes) => {
        const proxy = createProxy(options.socketPath)
        app.addHook('preClose', async () => proxy.close())
        routes.addHook('onRequest', async (request) => {
          requireKind(collector.keys, presentedKey(request.headers), ['read', 'secret'])
          if (!reader.ready) throw new Refusal('reader_unavailable')
        })
        for (const path of ['/report', '/query', '/report/stream']) routes.get(path, proxy.passOn)
      })
    },
    { prefix: '/v1' },
  )
  return app
}
