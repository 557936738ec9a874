import { expect, it } from 'vitest'
import { toInstant } from './time.js'

it.each([
  ['2026-03-02T09:00:00Z', 'UTC', '2026-03-02T09:00:00.000Z'],
  ['2026-03-02T09:00:00.123456+01:00', 'UTC', '2026-03-02T08:00:00.123Z'],
  ['2026-03-02T09:00+0530', 'UTC', '2026-03-02T03:30:00.000Z'],
  ['2026-03-02 09:00:00 UTC', 'Asia/Tokyo', '2026-03-02T09:00:00.000Z'],
  ['2026-03-02 09:00', 'UTC', '2026-03-02T09:00:00.000Z'],
  ['2026-03-02 09:00:00', 'America/New_York', '2026-03-02T14:00:00.000Z'],
  ['2026-07-02', 'Europe/Berlin', '2026-07-01T22:00:00.000Z'],
  ['1772442000', 'Asia/Tokyo', '2026-03-02T09:00:00.000Z'],
  ['1772442000123', 'Asia/Tokyo', '2026-03-02T09:00:00.123Z'],
])('%s in %s is %s', (text, zone, expected) => {
  expect(toInstant(text, zone)).toEqual({ ok: true, value: expected })
})

it.each(['03/02/2026', 'yesterday', '', '2026-13-02', '2026-02-30', '2026-03-02 25:00', '20260302'])(
  '"%s" is rejected with a sentence',
  (text) => {
    for (const zone of ['UTC', 'Europe/Berlin']) {
      expect(toInstant(text, zone)).toMatchObject({ ok: false, message: expect.stringContaining(`"${text}"`) })
    }
  },
)
