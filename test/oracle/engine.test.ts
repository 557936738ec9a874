import { expect, it } from 'vitest'
import { caseArbitrary } from './arbitrary/case.js'
import { expectAgreement } from './run.js'
import { casesWanted, SEED } from './seed.js'

const CASES = casesWanted(2_000)

it(
  `the engine answers ${CASES} random queries as the specification does`,
  async () => {
    const compared = await expectAgreement(caseArbitrary(), CASES, SEED)
    console.info(`${compared} queries compared, NSM_SEED=${SEED}`)
    expect(compared).toBeGreaterThanOrEqual(CASES)
  },
  24 * 3_600_000,
)
