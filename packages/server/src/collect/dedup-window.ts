/**
 * The ids of the latest committed events, so that a retry is told apart from news and need not be written again.
 *
 * Two generations of `capacity` ids: when the young one is full it becomes the old one. Forgetting is harmless, since
 * the store knows copies by itself; remembering what was not committed would lose events, so add only after the commit.
 */
export class DedupWindow {
  #young = new Set<string>()
  #old = new Set<string>()

  constructor(readonly capacity = 50_000) {}

  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id)
  }

  add(id: string): void {
    if (this.#young.size >= this.capacity) {
      this.#old = this.#young
      this.#young = new Set()
    }
    this.#young.add(id)
  }
}
