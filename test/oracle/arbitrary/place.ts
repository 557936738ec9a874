import { type Tree, WEEKDAYS } from '@nsm/schema'
import fc from 'fast-check'

/** Zones, each with a local day worth testing and a day from which about five weeks hold it. */
const PLACES = [
  { timezone: 'UTC', from: '2026-02-20', night: '2026-03-01', why: 'a month begins' },
  { timezone: 'America/Los_Angeles', from: '2026-02-26', night: '2026-03-08', why: '23 hours' },
  { timezone: 'America/New_York', from: '2025-10-20', night: '2025-11-02', why: '25 hours' },
  { timezone: 'America/Sao_Paulo', from: '2018-10-25', night: '2018-11-04', why: 'no midnight' },
  { timezone: 'America/Sao_Paulo', from: '2018-02-05', night: '2018-02-17', why: 'its last hour twice' },
  { timezone: 'America/Santiago', from: '2024-08-28', night: '2024-09-08', why: 'no midnight, southern spring' },
  { timezone: 'America/Havana', from: '2024-10-20', night: '2024-11-03', why: 'midnight twice' },
  { timezone: 'America/St_Johns', from: '2011-10-24', night: '2011-11-06', why: 'one minute, then the 5th again' },
  { timezone: 'Africa/Cairo', from: '2025-04-12', night: '2025-04-25', why: 'no midnight' },
  { timezone: 'Africa/Cairo', from: '2025-10-16', night: '2025-10-30', why: 'its last hour twice' },
  { timezone: 'Asia/Beirut', from: '2022-03-14', night: '2022-03-27', why: 'no midnight' },
  { timezone: 'Asia/Kathmandu', from: '2024-02-20', night: '2024-02-29', why: 'a leap day, and quarters of an hour' },
  { timezone: 'Australia/Lord_Howe', from: '2024-03-24', night: '2024-04-07', why: 'half an hour more' },
  { timezone: 'Australia/Sydney', from: '2025-09-20', night: '2025-10-05', why: '23 hours, southern spring' },
  { timezone: 'Europe/Paris', from: '2026-03-14', night: '2026-03-29', why: '23 hours' },
  { timezone: 'Pacific/Apia', from: '2011-12-14', night: '2011-12-30', why: 'not a day at all' },
] as const satisfies readonly { timezone: string; from: string; night: string; why: string }[]

export interface Place {
  timezone: string
  weekStart: Tree['calendar']['weekStart']
  allowedLateness: string
  /** Day 0 of everything that happens. */
  from: string
  /** The odd day. */
  night: string
}

export const placeArbitrary: fc.Arbitrary<Place> = fc
  .record({
    place: fc.constantFrom(...PLACES),
    weekStart: fc.oneof({ weight: 2, arbitrary: fc.constant('monday' as const) }, fc.constantFrom(...WEEKDAYS)),
    allowedLateness: fc.constantFrom('3d', '1d', '12h', '2w'),
  })
  .map(({ place: { timezone, from, night }, weekStart, allowedLateness }) => ({
    timezone,
    from,
    night,
    weekStart,
    allowedLateness,
  }))
