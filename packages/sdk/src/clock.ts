let replayed = 0

/** Now, in ms since the epoch; or the time of the call being replayed. */
export const now = (): number => replayed || Date.now()

/** Makes a call that was asked for at `time`, before the script was there. It must not throw. */
export function replay(time: number, call: () => void): void {
  replayed = time
  call()
  replayed = 0
}
