import { RequestError } from '../http/codes.js'

/** Bodies of senders whose key was in a header, or has been found in the body since. */
const KEYED_BYTES = 64 * 1024 * 1024
/** Bodies whose key, if any, is still to be read. A browser's batch is under 60 kB and arrives in milliseconds. */
const UNKEYED_BYTES = 32 * 1024 * 1024
/** A body that is incomplete for longer than this gives way to others. */
const SLOW_MS = 1_000

export interface BodyMemoryOptions {
  keyedBytes?: number
  unkeyedBytes?: number
  /** ms, any origin. */
  clock?: () => number
}

/**
 * The memory that request bodies take until they are answered, bounded. Nothing is reserved: a body counts with the
 * bytes that have arrived. Senders who have not shown a key have a share of their own, so they cannot use up that of
 * the others. Where a share is used up, a slow sender loses its request rather than a fast one.
 */
export class BodyMemory {
  readonly #keyed: Share
  readonly #unkeyed: Share
  readonly #clock: () => number

  constructor({
    keyedBytes = KEYED_BYTES,
    unkeyedBytes = UNKEYED_BYTES,
    clock = () => performance.now(),
  }: BodyMemoryOptions = {}) {
    this.#keyed = new Share(keyedBytes)
    this.#unkeyed = new Share(unkeyedBytes)
    this.#clock = clock
  }

  /** Bytes in memory now. */
  get bytes(): number {
    return this.#keyed.bytes + this.#unkeyed.bytes
  }

  /** A body that begins to arrive. */
  open(keyed: boolean): Body {
    return new Body(keyed ? this.#keyed : this.#unkeyed, this.#keyed, this.#clock)
  }
}

/** Bytes with a limit, and the bodies that are still arriving, the oldest first. */
class Share {
  bytes = 0
  readonly arriving = new Set<Body>()

  constructor(readonly limit: number) {}

  /** @throws RequestError `overloaded` when there is no room and no slow body to make it */
  take(bytes: number, now: number): void {
    for (const slow of this.arriving) {
      if (this.bytes + bytes <= this.limit || now - slow.begun < SLOW_MS) break
      slow.giveWay()
    }
    if (this.bytes + bytes > this.limit) throw new RequestError('overloaded')
    this.bytes += bytes
  }
}

/** What one request's body takes. */
export class Body {
  readonly begun: number
  /** Called when this body, slow as it is, has to make room. */
  onGiveWay: (rejection: RequestError) => void = () => {}
  readonly #clock: () => number
  readonly #keyed: Share
  #share: Share
  #bytes = 0
  #released = false

  constructor(share: Share, keyed: Share, clock: () => number) {
    this.#share = share
    this.#keyed = keyed
    this.#clock = clock
    this.begun = clock()
    share.arriving.add(this)
  }

  /** More of it has arrived. @throws RequestError `overloaded` */
  grow(bytes: number): void {
    if (this.#released) return
    this.#share.take(bytes, this.#clock())
    this.#bytes += bytes
  }

  /** All of it has arrived. */
  complete(): void {
    this.#share.arriving.delete(this)
  }

  /** It held a valid key. @throws RequestError `overloaded` */
  showKey(): void {
    if (this.#released || this.#share === this.#keyed) return
    this.#keyed.take(this.#bytes, this.#clock())
    this.#share.bytes -= this.#bytes
    this.#share = this.#keyed
  }

  giveWay(): void {
    this.release()
    this.onGiveWay(new RequestError('overloaded', 'The body arrived too slowly while the collector was overloaded.'))
  }

  /** Its request is answered or gone. */
  release(): void {
    this.complete()
    this.#share.bytes -= this.#bytes
    this.#bytes = 0
    this.#released = true
  }
}
