import { track as send, init as start } from '@amplitude/analytics-browser'
export const init = (endpoint) =>
  start('bench', 'user', {
    serverUrl: `${endpoint}/2/httpapi`,
    autocapture: false,
    remoteConfig: { fetchRemoteConfig: false },
    fetchRemoteConfig: false,
  }).promise
export const track = (name, properties) => send(name, properties)
