/** The latest accepted events, and those who watch them come. */
export class EventTail {
  #latest: string[] = []
  #listeners = new Set<(lines: readonly string[]) => void>()

  constructor(readonly capacity = 50) {}

  /** Lines of JSON, each one event. */
  add(lines: readonly string[]): void {
    const news = lines.slice(-this.capacity)
    this.#latest.push(...news)
    if (this.#latest.length > this.capacity) this.#latest.splice(0, this.#latest.length - this.capacity)
    for (const listener of this.#listeners) listener(news)
  }

  /** The latest, oldest first. */
  get latest(): readonly string[] {
    return this.#latest
  }

  /** @returns what stops it */
  listen(listener: (lines: readonly string[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
