// RudderStack's library as a product uses it; what it would ask its control plane is answered here.
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'

window.start = ({ writeKey, host }) => {
  const statsCollection = { errors: { enabled: false }, metrics: { enabled: false } }
  const source = { id: 'source', writeKey, enabled: true, destinations: [], config: { statsCollection } }
  const client = new RudderAnalytics()
  client.load(writeKey, `http://${host}`, { getSourceConfig: () => ({ source }), sessions: { autoTrack: false } })
  window.client = client
}
