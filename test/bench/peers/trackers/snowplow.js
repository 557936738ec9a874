import { newTracker, trackStructEvent } from '@snowplow/browser-tracker'
export const init = (endpoint) => {
  newTracker('bench', endpoint, { appId: 'bench', postPath: '/com.snowplow/tp2' })
}
export const track = (name, properties) =>
  trackStructEvent({ category: 'bench', action: name, value: properties.minutes, property: properties.plan })
