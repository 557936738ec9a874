/** The number of cases in a run: `NSM_CASES`, or else as many as a test run has time for. */
export function casesWanted(usual: number): number {
  return Number(process.env.NSM_CASES ?? usual)
}

/** The seed of a run: always the same, so that one commit always gives one answer. `NSM_SEED` chooses another. */
export const SEED = Number(process.env.NSM_SEED ?? 20_261_122)

/** The seed for the odd names, which are drawn once per run: `NSM_NAMES`, or else the run's own seed. */
export const NAMES_SEED = Number(process.env.NSM_NAMES ?? SEED)
