import { track as send, init as start } from '@plausible-analytics/tracker'
export const init = (endpoint) =>
  start({ domain: 'bench', endpoint: `${endpoint}/api/event`, captureOnLocalhost: true, autoCapturePageviews: false })
export const track = (name, props) => send(name, { props })
