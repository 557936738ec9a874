// RudderStack's library as a product uses it; what it would ask its control plane is answered here.
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'

window.start = ({ writeKey, host, batch }) => {
  const statsCollection = { errors: { enabled: false }, metrics: { enabled: false } }
  const source = { id: 'source', writeKey, enabled: true, destinations: [], config: { statsCollection } }
  const client = new RudderAnalytics()
  client.load(writeKey, `http://${host}`, {
    getSourceConfig: () => ({ source }),
    queueOptions: { batch: { enabled: batch, maxItems: 2, flushInterval: 100 } },
  })
  window.client = client
}
