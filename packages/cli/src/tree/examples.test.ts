import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseTree } from '@nsm/schema'
import { describe, expect, it } from 'vitest'
import { pressureTest } from '../pressure/pressure-test.js'

const examples = fileURLToPath(new URL('../../../../examples', import.meta.url))
const files = [
  'trees/team-chat.json',
  'trees/homes-marketplace.json',
  'trees/audio.json',
  'script-tag/northstar.json',
  'git-history/northstar.json',
]

describe.each(files)('examples/%s', (file) => {
  const parsed = parseTree(JSON.parse(readFileSync(`${examples}/${file}`, 'utf8')))

  it('is valid and has no warnings', () => {
    expect(parsed.ok ? [] : parsed.problems).toEqual([])
    expect(parsed.ok && pressureTest(parsed.value, '2026-11-22')).toEqual([])
  })
})
