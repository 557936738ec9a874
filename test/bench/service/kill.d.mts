export interface Killed {
  made: number
  acknowledged: number
  replayed: number
  attempts: number
  counted: number
  lost: number
  twice: number
  /** Answers that were neither 200 nor 503. */
  problems: unknown[]
  /** Ms until it answered again, for each kill of the collector. */
  back: number[]
}

export function killInRounds(options: {
  rounds: number
  port: number
  seed?: number
  onRound?: (line: string) => void
}): Promise<Killed>
