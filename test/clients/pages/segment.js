// Segment's library as a product uses it; nothing is asked of its own servers.
import { AnalyticsBrowser } from '@segment/analytics-next'

window.start = ({ writeKey, host }) => {
  const integration = { apiKey: writeKey, apiHost: `${host}/v1`, protocol: 'http' }
  window.client = AnalyticsBrowser.load({ writeKey, cdnSettings: { integrations: { 'Segment.io': integration } } })
}
