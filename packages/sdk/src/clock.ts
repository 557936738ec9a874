let replayed = 0

/** Now, in ms since the epoch; or the time of the call being replayed. */
export const now = (): number => replayed || Date.now()

/** Runs a call that was made at `time`, before the script was there. */
export function replay(time: number, call: () => void): void {
  replayed = time
  try {
    call()
  } finally {
    replayed = 0
  }
}
