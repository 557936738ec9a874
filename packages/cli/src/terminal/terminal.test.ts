import { createColors } from 'picocolors'
import { describe, expect, it } from 'vitest'
import { suggest } from './nearest.js'
import { startProgress } from './progress.js'
import { formatTable } from './table.js'

it('lines up a table: wide characters take two columns, colors and accents none', () => {
  const { bold, dim } = createColors(true)
  const table = formatTable(
    [{ title: 'plan' }, { title: 'n', align: 'right' }],
    [
      ['free', { text: '7', paint: bold }],
      ['🎉', '1,604'],
      ['東京', '3'],
      ['👩‍👩‍👧', '2'],
      ['cafe\u0301', '1'],
    ],
    dim,
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colors are control characters
  expect(table.replace(/\u001b\[\d+m/g, '').split('\n')).toEqual([
    'plan      n',
    'free      7',
    '🎉    1,604',
    '東京      3',
    '👩‍👩‍👧        2',
    'cafe\u0301      1',
  ])
})

it('suggests a similar name, or else lists all names', () => {
  expect(suggest('bokings', ['bookings', 'nights'])).toBe('Did you mean "bookings"?')
  expect(suggest('revenue', ['bookings', 'nights'])).toBe('Known: bookings, nights.')
})

describe('progress', () => {
  const at = (watched: boolean) => {
    const written: string[] = []
    const clock = { time: 0 }
    const progress = startProgress({ watched, note: (text) => written.push(text), now: () => clock.time })
    return { written, clock, progress }
  }

  it('shows nothing for work that takes less than a second', () => {
    const { written, clock, progress } = at(true)
    clock.time = 999
    progress.update(() => 'half')
    progress.done()
    expect(written).toEqual([])
  })

  it('redraws one line at a limited rate and clears it', () => {
    const { written, clock, progress } = at(true)
    for (clock.time = 1000; clock.time <= 1200; clock.time += 50) progress.update(() => `${clock.time}`)
    progress.done()
    expect(written.map((text) => text.slice(5))).toEqual(['1000', '1100', '1200', ''])
  })

  it('shows nothing without a terminal', () => {
    const { written, clock, progress } = at(false)
    clock.time = 5000
    progress.update(() => 'half')
    progress.done()
    expect(written).toEqual([])
  })
})
