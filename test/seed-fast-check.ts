import fc from 'fast-check'
import { casesWanted, SEED } from './seed.js'

// Property tests in all packages draw the same cases for the same commit.
fc.configureGlobal({ seed: SEED, numRuns: casesWanted(500) })
