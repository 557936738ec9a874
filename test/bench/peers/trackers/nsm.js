import { track as send, init as start } from '@nsm/sdk'
export const init = (endpoint) => start({ writeKey: 'wk_bench', endpoint })
export const track = (name, properties) => send(name, properties)
