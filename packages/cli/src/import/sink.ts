import type { Message } from '@nsm/schema'
import type { Rejection } from '../input/row.js'
import type { Position } from './position.js'

/** A message with its place in the input and its identity. */
export interface Arrival {
  line: number
  id: string
  text: string
  message: Message
}

/** Where imported messages go: a store, or a service that owns one. */
export interface Sink {
  /** What a person calls it. */
  name: string
  /** How far this input has come before; null where nothing is known. */
  position(key: string): Promise<Position | null>
  /**
   * Writes a block; durable when it resolves. `position` is kept with it where the sink can.
   * @returns what the receiver rejected, by line
   */
  write(block: readonly Arrival[], key: string, position: Position): Promise<Map<number, Rejection>>
  close(): Promise<void>
}
