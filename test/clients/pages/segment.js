// Segment's library as a product uses it; nothing is asked of its own servers.
import { AnalyticsBrowser } from '@segment/analytics-next'

window.start = ({ writeKey, host, batch }) => {
  const deliveryStrategy = batch
    ? { strategy: 'batching', config: { size: 2, timeout: 100 } }
    : { strategy: 'standard' }
  const integration = { apiKey: writeKey, apiHost: `${host}/v1`, protocol: 'http', deliveryStrategy }
  window.client = AnalyticsBrowser.load({ writeKey, cdnSettings: { integrations: { 'Segment.io': integration } } })
}
