// Segment's library as a product uses it, bundled; where it sends is in the query.
import { AnalyticsBrowser } from '@segment/analytics-next'

const integration = JSON.parse(new URLSearchParams(location.search).get('integration'))
window.analytics = AnalyticsBrowser.load({
  writeKey: integration.apiKey,
  cdnSettings: { integrations: { 'Segment.io': integration } },
})
