import { expect, it } from 'vitest'
import { english } from './messages.js'
import { formatChange, formatValue, noun } from './number.js'

const speaker = { lang: 'en', words: english, timeZone: 'UTC' }

it.each([
  [1604, 'teams', '1,604'],
  [3.1666, 'moments', '3.17'],
  [68.46, 'messages', '68.5'],
  [12_345_678, null, '12.3M'],
  [0, 'teams', '0'],
  [null, 'teams', '–'],
  [0.125, 'percent', '12.5%'],
  [0.0008, 'percent', '0.08%'],
  [1, 'percent', '100%'],
  [1200, 'currency:USD', '$1,200'],
  [12.5, 'currency:EUR', '€12.50'],
  [-420.25, 'currency:EUR', '−€420.25'],
  [23_456_789, 'currency:USD', '$23.5M'],
  [0.86, 'duration:s', '0.86 sec'],
  [90, 'duration:s', '1.5 min'],
  [7200, 'duration:s', '2 hr'],
  [0.5, 'duration:h', '30 min'],
  [1_200_000, 'duration:h', '1,200,000 hr'],
])('%s of %s is %s', (value, unit, text) => {
  expect(formatValue(value, unit, speaker)).toBe(text)
})

it.each([
  [{ from: 1556, to: 1604, absolute: 48, ratio: 48 / 1556 }, 'teams', '+3.1%'],
  [{ from: 100, to: 250, absolute: 150, ratio: 1.5 }, 'teams', '+150%'],
  [{ from: 100, to: 100, absolute: 0, ratio: 0 }, 'teams', 'no change'],
  [{ from: 0, to: 12, absolute: 12, ratio: null }, 'teams', '+12 from 0'],
  [{ from: -300, to: 1200, absolute: 1500, ratio: null }, 'currency:USD', '+$1,500'],
  [{ from: 0.4, to: 0.42, absolute: 0.02, ratio: 0.05 }, 'percent', '+2 pp'],
  [{ from: 0.0007, to: 0.00069, absolute: -0.00001, ratio: -0.014 }, 'percent', '−0.001 pp'],
  [{ from: null, to: 5, absolute: null, ratio: null }, 'teams', '–'],
])('%o in %s is %s', (change, unit, text) => {
  expect(formatChange(change, unit, speaker)).toBe(text)
})

const lessons = { one: 'lesson', other: 'lessons' }
const lekcje = { one: 'lekcja', few: 'lekcje', many: 'lekcji', other: 'lekcji' }

it.each([
  [1, lessons, 'en', 'lesson'],
  [-1, lessons, 'en', 'lesson'],
  [0, lessons, 'en', 'lessons'],
  [1.5, lessons, 'en', 'lessons'],
  // Written as 1.
  [1.0004, lessons, 'en', 'lesson'],
  [22, lekcje, 'pl', 'lekcje'],
  [25, lekcje, 'pl', 'lekcji'],
  [22, lessons, 'pl', 'lessons'],
  [1, 'teams', 'en', 'teams'],
  [null, lessons, 'en', ''],
  [3, 'percent', 'en', ''],
  [3, 'duration:s', 'en', ''],
  [3, null, 'en', ''],
])('%s of %j in %s has the noun “%s”', (value, unit, lang, text) => {
  expect(noun(unit, value, { lang })).toBe(text)
})
