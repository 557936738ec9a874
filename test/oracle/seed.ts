/** Cases of a run: `NSM_CASES`, else a number that a test run has time for. */
export function casesWanted(usual: number): number {
  return Number(process.env.NSM_CASES ?? usual)
}

/** The seed of a run: `NSM_SEED` to see the same again. */
export const SEED = Number(process.env.NSM_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** The seed of the names in it, which are drawn once a run: `NSM_NAMES`, else the run's own. */
export const NAMES_SEED = Number(process.env.NSM_NAMES ?? SEED)
