import type { Change, Unit } from '@nsm/schema'
import { formFor, numberFormat } from './intl.js'
import { fill } from './messages.js'
import type { Speaker } from './speaker.js'

/** Shown in place of an undefined number. */
const NOTHING = '–'

const DURATIONS = ['s', 'min', 'h']
const DURATION_UNITS = ['second', 'minute', 'hour']

/** Just enough digits to tell two values apart. */
function digits(size: number): number {
  return size >= 100 ? 0 : size >= 10 ? 1 : 2
}

function sign(text: string): string {
  return text.replace('-', '−')
}

interface Style {
  /** Put `+` before positive numbers. */
  signed?: boolean
  /** Shorten numbers from this size on: 12.3M. */
  compactFrom?: number
}

/**
 * Formats a value with its symbol (`%`, `$`, `min`) but without its noun.
 * Units are as in the tree: a noun or its forms, `percent` (stored as 0 to 1), `currency:USD`, `duration:s|min|h`.
 */
export function formatValue(
  value: number | null,
  unit: Unit | null,
  { lang }: Pick<Speaker, 'lang'>,
  { signed = false, compactFrom = 1e7 }: Style = {},
): string {
  if (value === null) return NOTHING
  const [kind, detail = ''] = typeof unit === 'string' ? unit.split(':') : []
  const size = Math.abs(value)
  const options: Intl.NumberFormatOptions = signed ? { signDisplay: 'exceptZero' } : {}
  let shown = value

  if (kind === 'percent') {
    // 0.08% must not become 0.1%.
    Object.assign(
      options,
      { style: 'percent' },
      size < 0.01 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 1 },
    )
  } else if (size >= compactFrom) {
    Object.assign(options, { notation: 'compact', maximumFractionDigits: 1 })
  } else if (kind !== 'duration' && !Number.isInteger(value)) {
    options.maximumFractionDigits = digits(size)
  }
  if (kind === 'currency') {
    Object.assign(options, { style: 'currency', currency: detail, currencyDisplay: 'narrowSymbol' })
    if (size < compactFrom) {
      const cents = size < 1000 && !Number.isInteger(value) ? 2 : 0
      Object.assign(options, { minimumFractionDigits: cents, maximumFractionDigits: cents })
    }
  }
  if (kind === 'duration') {
    let step = DURATIONS.indexOf(detail)
    while (step < 2 && Math.abs(shown) >= 60) {
      shown /= 60
      step++
    }
    while (step > 0 && shown !== 0 && Math.abs(shown) < 1) {
      shown *= 60
      step--
    }
    Object.assign(options, {
      style: 'unit',
      unit: DURATION_UNITS[step],
      unitDisplay: 'short',
      maximumFractionDigits: Math.abs(shown) < 1 ? 2 : Math.abs(shown) < 100 ? 1 : 0,
    })
  }
  return sign(numberFormat(lang, options).format(shown))
}

/** The noun that follows the number; empty if a symbol takes its place. */
export function noun(unit: Unit | null, value: number | null, { lang }: Pick<Speaker, 'lang'>): string {
  if (value === null || unit === null || (typeof unit === 'string' && /^percent$|:/.test(unit))) return ''
  return formFor(unit, value, lang, digits(Math.abs(value)))
}

/** A ratio as a signed percentage: +3.1%, +120%. */
export function formatRatio(ratio: number, { lang }: Speaker, signed = true): string {
  const options: Intl.NumberFormatOptions = {
    style: 'percent',
    maximumFractionDigits: Math.abs(ratio) < 0.1 ? 1 : 0,
  }
  return sign(numberFormat(lang, signed ? { ...options, signDisplay: 'exceptZero' } : options).format(ratio))
}

/** A difference in the metric's own unit, or in percentage points for a rate. */
export function formatDifference(difference: number, unit: Unit | null, speaker: Speaker): string {
  if (unit !== 'percent') return formatValue(difference, unit, speaker, { signed: true, compactFrom: 1e6 })
  const points = difference * 100
  const small = Math.abs(points) < 0.1
  const text = numberFormat(speaker.lang, {
    signDisplay: 'exceptZero',
    ...(small ? { maximumSignificantDigits: 1 } : { maximumFractionDigits: 1 }),
  }).format(points)
  return fill(speaker.words.points, { change: sign(text) })
}

/**
 * A change in words. Rates change in percentage points. A change from zero says so.
 * A change of sign has no percentage, only the difference.
 */
export function formatChange(change: Change, unit: Unit | null, speaker: Speaker): string {
  const { from, absolute, ratio } = change
  if (absolute === null) return NOTHING
  if (absolute === 0) return speaker.words.noChange
  if (unit === 'percent') return formatDifference(absolute, unit, speaker)
  if (from === 0) return fill(speaker.words.fromZero, { change: formatDifference(absolute, unit, speaker) })
  return ratio === null ? formatDifference(absolute, unit, speaker) : formatRatio(ratio, speaker)
}
