import { describe, expect, it } from 'vitest'
import { readTime } from './time.js'

const read = (written: string | number) => {
  const time = readTime(written)
  return time.ok ? `${time.kind} ${new Date(time.ms).toISOString()}` : time.message
}

describe('a written time', () => {
  it.each([
    ['2026-03-02T09:00:00Z', 'instant 2026-03-02T09:00:00.000Z'],
    ['2026-03-02T09:00:00.123456789Z', 'instant 2026-03-02T09:00:00.123Z'],
    ['2026-03-02T09:00:00.1234567+00:00', 'instant 2026-03-02T09:00:00.123Z'],
    ['2026-03-02T09:00:00.5Z', 'instant 2026-03-02T09:00:00.500Z'],
    ['2026-03-02T09:00:00,5Z', 'instant 2026-03-02T09:00:00.500Z'],
    ['2026-03-02T09:00Z', 'instant 2026-03-02T09:00:00.000Z'],
    ['2026-03-02T10:00:00+0100', 'instant 2026-03-02T09:00:00.000Z'],
    ['2026-03-02T03:30:00-05:30', 'instant 2026-03-02T09:00:00.000Z'],
    ['2026-03-02T09:00:00+00', 'instant 2026-03-02T09:00:00.000Z'],
    ['2026-03-02 09:00:00 UTC', 'instant 2026-03-02T09:00:00.000Z'],
    ['2026-03-02 09:00:00 +0000', 'instant 2026-03-02T09:00:00.000Z'],
    ['2026-03-02t09:00:00z', 'instant 2026-03-02T09:00:00.000Z'],
    ['2026-03-02T09:00:00', 'local 2026-03-02T09:00:00.000Z'],
    ['2026-03-02 09:00:00', 'local 2026-03-02T09:00:00.000Z'],
    ['2026-03-02', 'local 2026-03-02T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', 'instant 0001-01-01T00:00:00.000Z'],
    ['2028-02-29T00:00:00Z', 'instant 2028-02-29T00:00:00.000Z'],
    [1772442000123, 'instant 2026-03-02T09:00:00.123Z'],
    [1772442000123.4, 'instant 2026-03-02T09:00:00.123Z'],
    ['1772442000123', 'instant 2026-03-02T09:00:00.123Z'],
    [1772442000, 'instant 2026-03-02T09:00:00.000Z'],
    [1772442000.123, 'instant 2026-03-02T09:00:00.123Z'],
  ])('%s is %s', (written, expected) => {
    expect(read(written)).toBe(expected)
  })

  it.each([
    '2026-02-30T09:00:00Z',
    '2026-02-29T09:00:00Z',
    '2026-13-02T09:00:00Z',
    '2026-03-02T24:00:00Z',
    '2026-03-02T09:60:00Z',
    '2026-03-02T09:00:60Z',
    '2026-03-02T09:00:00+24:00',
    '2026-03-02T09:00:00+01:60',
  ])('%s does not exist', (written) => {
    expect(read(written)).toBe(`The date or time "${written}" does not exist.`)
  })

  it.each([
    'yesterday',
    '03/02/2026',
    '20260302',
    'Mon, 02 Mar 2026 09:00:00 GMT',
    '2026-03-02T09:00:00 Europe/Berlin',
    10_000_000_000,
    1_772_442_000_123_456,
    -1,
    0,
    1.5,
  ])('%s is rejected, with what to do', (written) => {
    expect(read(written)).toContain(`Cannot read "${written}" as a time; write ISO 8601, such as `)
  })

  it('that is far too long is not quoted in full', () => {
    expect(read('9'.repeat(5_000)).length).toBeLessThan(250)
  })
})
