import { LIMITS } from './message.js'

/**
 * Whether a message, as parsed JSON, nests objects and lists deeper than {@link LIMITS} allow. It looks no further than
 * that, however deep the message is.
 */
export function isTooDeep(message: unknown): boolean {
  // The message itself is no level.
  return isDeeper(message, LIMITS.levels + 1)
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const key in value) {
    if (isDeeper((value as Record<string, unknown>)[key], levels - 1)) return true
  }
  return false
}
