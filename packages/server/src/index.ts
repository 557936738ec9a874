export { DEVELOPMENT_KEYS } from './http/keys.js'
export { JournalError } from './journal/index.js'
export { type ServeOptions, type Service, serve } from './process/serve.js'
export { ServiceError } from './process/service-error.js'
