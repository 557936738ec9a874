import type { Message } from '@nsm/schema'
import type { Rejection } from '../input/row.js'
import type { Position } from './position.js'

/** A message with its line in the input and its id. */
export interface Arrival {
  line: number
  id: string
  text: string
  message: Message
}

/** Where imported messages go: a store, or a service that owns one. */
export interface Sink {
  /** The name to show. */
  name: string
  /** How far an earlier import of this input got; null if unknown. */
  position(key: string): Promise<Position | null>
  /**
   * Writes a block, which is durable once this resolves. Stores `position` with it if the sink can.
   * @returns what the receiver rejected, by line
   */
  write(block: readonly Arrival[], key: string, position: Position): Promise<Map<number, Rejection>>
  close(): Promise<void>
}
