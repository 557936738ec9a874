import { Refusal } from '../codes.js'

/** Runs so many things at once, in the order they came; lets only so many wait, but for those that are patient. */
export class Turns {
  readonly #atOnce: number
  readonly #mostWaiting: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(atOnce: number, mostWaiting: number) {
    this.#atOnce = atOnce
    this.#mostWaiting = mostWaiting
  }

  /** @throws Refusal `overloaded` when too many wait */
  async run<T>(work: () => Promise<T>, patient = false): Promise<T> {
    if (this.#running < this.#atOnce) this.#running++
    else await this.#turn(patient)
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }

  /** Whoever ends passes its place on. */
  #turn(patient: boolean): Promise<void> {
    if (!patient && this.#waiting.length >= this.#mostWaiting) {
      throw new Refusal('overloaded', 'Too many different reports are asked for at once; ask again in a moment.')
    }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
