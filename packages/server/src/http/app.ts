import { treeShapeSchema } from '@nsm/schema'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { importRoutes } from '../collect/import.js'
import { type Collector, collectRoutes, requireKind } from '../collect/routes.js'
import { compressResponses } from './compression.js'
import { boundConnections, type ConnectionLimits, connectionLimits } from './connections.js'
import { allowAnyOrigin } from './cors.js'
import { type DashboardOptions, dashboardRoutes } from './dashboard.js'
import { handleErrors } from './error-handler.js'
import { healthRoutes, type Parts } from './health.js'
import { presentedKey } from './keys.js'
import { liveRoutes } from './live-routes.js'
import { answerMalformed, malformedOptions } from './malformed.js'
import { measureRequests, metricsRoutes } from './metrics.js'
import { forbidSniffing } from './no-sniff.js'
import { answerUnknownAddresses } from './not-found.js'
import { openApiRoutes } from './open-api.js'
import { createProxy } from './proxy.js'
import { readerRoutes } from './reader-routes.js'
import { json, parseParameters, READ_TOKEN } from './route-schema.js'
import { type StaticFile, serveFiles } from './scripts.js'

export interface AppOptions extends Parts {
  collector: Collector
  socketPath: string
  files: ReadonlyMap<string, StaticFile>
  dashboard: DashboardOptions
  logger: FastifyBaseLogger
  /** Default: what the process may open. */
  connections?: ConnectionLimits
  /** A request's head must have arrived within this; default 10 s. */
  headTimeoutMs?: number
}

const HEAD_TIMEOUT_MS = 10_000
/** How often connections are looked over for late heads. */
const CHECK_MS = 1_000

/** Everything on the one port: events in, health, script files, the dashboard, and the reader's answers passed on. */
export function createApp(options: AppOptions): FastifyInstance {
  const { collector, reader, logger } = options
  const app = fastify({
    ...malformedOptions,
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    http: {
      ...malformedOptions.http,
      // Node sets none when there is no bound for the whole request. It counts from the connection's first moment.
      headersTimeout: options.headTimeoutMs ?? HEAD_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_MS,
    },
    // The body's time differs: a batch has half a minute, an import as long as it moves.
    requestTimeout: 0,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // An endpoint may end in a slash, and Segment's library for Java ends its path in one.
    routerOptions: { ignoreDuplicateSlashes: true, ignoreTrailingSlash: true },
  })
  const connections = boundConnections(app.server, options.connections ?? connectionLimits())
  handleErrors(app)
  parseParameters(app)
  forbidSniffing(app)
  measureRequests(app, collector.metrics)
  compressResponses(app)
  answerMalformed(app)
  const answerUnknown = answerUnknownAddresses(app)
  openApiRoutes(app)
  app.register(async (routes) => {
    healthRoutes(routes, options)
    dashboardRoutes(routes, options.dashboard)
    serveFiles(routes, options.files)
  })
  app.register(async (routes) => {
    guard(routes, collector)
    metricsRoutes(routes, collector.metrics, { ...options, bodies: collector.bodies, connections })
  })

  app.register(
    async (v1) => {
      allowAnyOrigin(v1)
      // Once more, below the rule above: a page of another origin may read a 404 of these addresses, too.
      answerUnknown(v1)
      v1.register(async (routes) => collectRoutes(routes, collector))
      v1.register(async (routes) => {
        // It may take long, and its key is not for strangers.
        routes.addHook('onRequest', async (request) => connections.protect(request.raw.socket))
        importRoutes(routes, collector)
      })
      v1.register(async (routes) => {
        guard(routes, collector)
        liveRoutes(routes, collector)
        // Answered without the reader: what is counted is known before a number is.
        const schema = { summary: 'The metric tree in use', answer: json(treeShapeSchema), security: READ_TOKEN }
        routes.get('/tree', { schema }, async (_request, reply) => {
          reply.header('cache-control', 'no-cache')
          return options.tree.tree
        })
      })
      v1.register(async (routes) => {
        guard(routes, collector)
        const proxy = createProxy(options.socketPath, reader)
        app.addHook('preClose', async () => proxy.close())
        readerRoutes(routes, proxy)
      })
    },
    { prefix: '/v1' },
  )
  return app
}

/** Lets in who holds a read token. A preflight holds none and learns nothing. */
function guard(app: FastifyInstance, { keys }: Collector): void {
  app.addHook('onRequest', async (request) => requireKind(keys, presentedKey(request.headers), ['read', 'secret']))
}
