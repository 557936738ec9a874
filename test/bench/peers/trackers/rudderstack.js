import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'

let client
export const init = (endpoint) => {
  client = new RudderAnalytics()
  client.load('bench', endpoint, {
    configUrl: endpoint,
    getSourceConfig: () => ({
      source: {
        id: 'bench',
        name: 'bench',
        writeKey: 'bench',
        enabled: true,
        workspaceId: 'bench',
        updatedAt: '2026-01-01T00:00:00Z',
        destinations: [],
        connections: [],
        config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
        dataplanes: {},
      },
      updatedAt: '2026-01-01T00:00:00Z',
    }),
  })
  return new Promise((resolve) => client.ready(resolve))
}
export const track = (name, properties) => client.track(name, properties)
