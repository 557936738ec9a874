import { type Tree, WEEKDAYS } from '@nsm/schema'
import fc from 'fast-check'

/** Zones, each with a local day from which about six weeks hold a night worth testing. */
const PLACES = [
  { timezone: 'UTC', from: '2026-02-20', why: 'end of a month, nothing else' },
  { timezone: 'America/Los_Angeles', from: '2026-02-26', why: 'spring: 23 hours on 8 March' },
  { timezone: 'America/New_York', from: '2025-10-20', why: 'autumn: 25 hours on 2 November' },
  { timezone: 'America/Sao_Paulo', from: '2018-10-25', why: 'no midnight on 4 November' },
  { timezone: 'America/Sao_Paulo', from: '2018-02-05', why: 'the evening of 17 February twice' },
  { timezone: 'America/Santiago', from: '2024-08-28', why: 'no midnight on 8 September, southern spring' },
  { timezone: 'America/Havana', from: '2024-10-20', why: 'midnight of 3 November twice' },
  { timezone: 'America/St_Johns', from: '2011-10-24', why: 'one minute of 6 November, then the 5th again' },
  { timezone: 'Africa/Cairo', from: '2025-04-12', why: 'no midnight on 25 April' },
  { timezone: 'Africa/Cairo', from: '2025-10-16', why: 'the evening of 30 October twice' },
  { timezone: 'Asia/Beirut', from: '2022-03-14', why: 'no midnight on 27 March' },
  { timezone: 'Asia/Kathmandu', from: '2024-02-20', why: 'quarters of an hour and a leap day' },
  { timezone: 'Australia/Lord_Howe', from: '2024-03-24', why: 'half an hour on 7 April' },
  { timezone: 'Australia/Sydney', from: '2025-09-20', why: 'southern spring, 5 October' },
  { timezone: 'Europe/Paris', from: '2026-03-14', why: 'spring: 29 March' },
  { timezone: 'Pacific/Apia', from: '2011-12-14', why: 'no 30 December' },
] as const satisfies readonly { timezone: string; from: string; why: string }[]

export interface Place {
  timezone: string
  weekStart: Tree['calendar']['weekStart']
  late: string
  /** Day 0 of everything that happens. */
  from: string
}

export const placeArbitrary: fc.Arbitrary<Place> = fc
  .record({
    place: fc.constantFrom(...PLACES),
    weekStart: fc.oneof({ weight: 2, arbitrary: fc.constant('monday' as const) }, fc.constantFrom(...WEEKDAYS)),
    late: fc.constantFrom('3d', '1d', '12h', '2w'),
  })
  .map(({ place: { timezone, from }, weekStart, late }) => ({ timezone, from, weekStart, late }))
