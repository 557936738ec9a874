export { JournalError } from './error.js'
export { Journal } from './journal.js'
export { comparePositions, formatPosition, type Position, parsePosition } from './position.js'
export { firstPosition, readChunk } from './read.js'
