import { RequestError } from './codes.js'

/** Runs a limited number of tasks at a time, in order. Rejects a task when too many are waiting, unless it is patient. */
export class ConcurrencyLimit {
  readonly #atOnce: number
  readonly #mostWaiting: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(atOnce: number, mostWaiting: number) {
    this.#atOnce = atOnce
    this.#mostWaiting = mostWaiting
  }

  /** @throws RequestError `overloaded` when too many tasks are waiting */
  async run<T>(work: () => Promise<T>, patient = false): Promise<T> {
    if (this.#running < this.#atOnce) this.#running++
    else await this.#waitForPlace(patient)
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }

  /** A finished task hands its place to the next one. */
  #waitForPlace(patient: boolean): Promise<void> {
    if (!patient && this.#waiting.length >= this.#mostWaiting) {
      throw new RequestError('overloaded', 'Too many different reports are requested at once. Try again in a moment.')
    }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
