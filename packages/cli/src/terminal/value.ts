const number = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 2 })
const SECONDS = { s: 1, min: 60, h: 3600 } as const

/** The sign of a number that is undefined, never 0 instead. */
const UNDEFINED = '–'

/** A value as a person reads it: `31%`, `$1,200`, `3 h 20 min`, `1,604`. The unit's noun is left to the heading. */
export function formatValue(value: number | null | undefined, unit: string | null | undefined): string {
  if (value === null || value === undefined) return UNDEFINED
  if (unit === 'percent') return percent.format(value)
  if (unit?.startsWith('currency:')) {
    const currency = unit.slice('currency:'.length)
    const whole = Number.isInteger(value) ? { maximumFractionDigits: 0 } : {}
    return new Intl.NumberFormat('en', { style: 'currency', currency, ...whole }).format(value)
  }
  if (unit?.startsWith('duration:')) {
    return formatSeconds(value * SECONDS[unit.slice('duration:'.length) as keyof typeof SECONDS])
  }
  return number.format(value)
}

function formatSeconds(seconds: number): string {
  const rounded = Math.round(seconds)
  if (Math.abs(seconds) < 60) return `${number.format(seconds)} s`
  if (Math.abs(seconds) < 3600) return joined(rounded, 60, 'min', 1, 's')
  return joined(Math.round(seconds / 60) * 60, 3600, 'h', 60, 'min')
}

function joined(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const whole = Math.trunc(seconds / large)
  const rest = Math.abs(Math.trunc((seconds % large) / small))
  return rest === 0
    ? `${number.format(whole)} ${largeName}`
    : `${number.format(whole)} ${largeName} ${rest} ${smallName}`
}
