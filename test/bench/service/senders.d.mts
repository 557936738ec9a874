export interface SenderCounts {
  made: number
  acknowledged: number
  replayed: number
  attempts: number
}

export interface Senders {
  counts: SenderCounts
  /** Answers that were neither 200 nor 503. */
  problems: unknown[]
  stop(): Promise<void>
}

export function startSenders(options: { urls: string[]; senders?: number; random: () => number }): Senders
export function countEvents(url: string): Promise<number>
export function seeded(seed: number): () => number
