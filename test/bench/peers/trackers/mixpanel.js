import mixpanel from 'mixpanel-browser'
export const init = (endpoint) =>
  mixpanel.init('bench', { api_host: endpoint, persistence: 'localStorage', record_sessions_percent: 0, flags: false })
export const track = (name, properties) => mixpanel.track(name, properties)
