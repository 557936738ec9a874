import { auto } from '@nsm/sdk/auto'
import { init as start, track } from './nsm.js'

export const init = (endpoint) => {
  start(endpoint)
  auto(track)
}
export { track }
