export { isTooDeep } from './depth.js'
export { type Event, happenedAt, type Receipt, toEvent } from './event.js'
export {
  type Batch,
  batchSchema,
  LIMITS,
  MESSAGE_TYPES,
  type Message,
  type MessageType,
  messageSchema,
} from './message.js'
export { readTime, type WrittenTime } from './time.js'
