import { Refusal } from '../codes.js'

/** The bytes of requests in hand, bounded: what would go over is refused before it is read. */
export class Pressure {
  #bytes = 0

  constructor(readonly limit = 64 * 1024 * 1024) {}

  get bytes(): number {
    return this.#bytes
  }

  /** Sets `bytes` aside. @returns what gives them back, once however often it is called. @throws Refusal `overloaded` */
  reserve(bytes: number): () => void {
    if (this.#bytes + bytes > this.limit) throw new Refusal('overloaded')
    this.#bytes += bytes
    let reserved = bytes
    return () => {
      this.#bytes -= reserved
      reserved = 0
    }
  }
}
