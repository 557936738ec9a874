import { OpenPanel } from '@openpanel/web'

let client
export const init = (endpoint) => {
  client = new OpenPanel({ apiUrl: endpoint, clientId: 'bench' })
}
export const track = (name, properties) => client.track(name, properties)
