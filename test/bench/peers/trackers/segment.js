import { AnalyticsBrowser } from '@segment/analytics-next'

let client
export const init = (endpoint) => {
  const { host } = new URL(endpoint)
  client = AnalyticsBrowser.load({
    writeKey: 'bench',
    cdnSettings: { integrations: { 'Segment.io': { apiKey: 'bench', apiHost: `${host}/v1`, protocol: 'http' } } },
  })
  return client.ready()
}
export const track = (name, properties) => void client.track(name, properties)
