export interface RivalOptions {
  /** How many starts in all. */
  starts: number
  ports: readonly [number, number]
  /** Without, only the fencing keeps two services apart. */
  locks: boolean
  seed?: number
  onStart?: (line: string) => void
}

export interface Rivals {
  starts: number
  /** Ended with the sentence that another one is at work there. */
  refused: number
  /** Ended with the sentence that another one has taken over. */
  fenced: number
  /** What those said that ended otherwise. */
  silent: string[]
  /** Starts that were refused after they had changed something. */
  touched: number
  made: number
  acknowledged: number
  replayed: number
  attempts: number
  counted: number
  lost: number
  twice: number
  problems: unknown[]
}

export function startRivals(options: RivalOptions): Promise<Rivals>
