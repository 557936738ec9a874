import type { Definition } from '@nsm/schema'
import { expect, it } from 'vitest'
import { casesWanted, SEED } from '../seed.js'
import { caseArbitrary } from './arbitrary/case.js'
import { expectAgreement } from './run.js'

const CASES = casesWanted(600)
const KINDS = Object.keys({
  count: 0,
  sum: 0,
  unique: 0,
  average: 0,
  conversion: 0,
  retention: 0,
  stock: 0,
  ratio: 0,
  derived: 0,
} satisfies Record<Definition['kind'], 0>)

it(
  `the engine answers ${CASES} random queries, of every kind of metric, as the specification does`,
  async () => {
    const compared = await expectAgreement(caseArbitrary(), CASES, SEED)
    const total = [...compared.values()].reduce((sum, count) => sum + count, 0)
    console.info(`${total} queries compared, NSM_SEED=${SEED}`)
    expect(total).toBeGreaterThanOrEqual(CASES)
    // Few cases do not reach every kind.
    if (CASES >= 600) expect([...compared.keys()].sort()).toEqual(KINDS.sort())
  },
  24 * 3_600_000,
)
