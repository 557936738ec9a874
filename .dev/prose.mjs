import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { root } from './exec.mjs'

/** Phrases that read as translated, and what to write. Each is looked for in texts, comments and test names. */
export const PATTERNS = [
  [
    /\b\d[\d.,]*\s?(?:bytes|kB|ms|events|rows|requests|lines) an? (?:event|second|request|line|week|day|message)\b/i,
    'per',
  ],
  // "20 messages a week" is good English, "20 messages a team" is not. Verbs end in s, too, so the nouns are listed; nor is
  // it about “events a user sent”.
  [
    /(?<!\d\s?)\b(?:bookings|bytes|channels|commits|events|lines|messages|moments|nights|reports|requests|rows|searches) an? (?:booking|contributor|entity|event|guest|line|message|metric|period|person|request|segment|team|user|visit|visitor)\b(?! (?:\w+s|\w+ed|sent|made|can|could|may|will|had)\b)/i,
    'per',
  ],
  [/\bone (?!is\b|was\b|has\b|as\b)\w+ an? (?:entity|event|line|message|metric|period|person|segment|user)\b/i, 'per'],
  [/\bone an? (?:line|week|day|period|event|message)\b/i, 'one per …'],
  [/\b(?:a|the) \w+ that is none\b/i, 'invalid, or not a …'],
  [/(?<!there )\bis no (?:date|instant|address|number|text|tree|message|file|error|list|object)\b/i, 'is not a …'],
  [/(?<!there )\bis no \w+ (?:here|one)\b/i, 'is not a …'],
  [/(?:\b(?:after|first|for|inside|most|when) |\/\*\* )so (?:long|many)\b/i, 'name the number'],
  [/\bsmall letters\b/i, 'lower case'],
  [/\bcounted otherwise\b/i, 'counted differently'],
  [/\bnothing speaks against\b/i, 'no warnings'],
  [/\bto the last edge\b/i, 'in detail'],
  [/\bstands? well\b/i, 'is doing well'],
  [/\bthe way out\b(?! of)/i, 'what to do'],
]

/** Files that are not searched: the patterns themselves, published cases, and other people's code. */
const SKIPPED = ['.dev/prose', 'test/vectors/', 'test/bench/peers/']

/** What reads as translated in a text: line, phrase and advice. */
export function findProse(text) {
  return text.split('\n').flatMap((line, i) =>
    PATTERNS.flatMap(([pattern, advice]) => {
      const found = pattern.exec(line)
      return found ? [{ line: i + 1, phrase: found[0], advice }] : []
    }),
  )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const files = execFileSync('git', ['ls-files', '*.md', '*.ts', '*.tsx', '*.js', '*.mjs', '*.html', '*.json'], {
    cwd: root,
  })
  let count = 0
  for (const file of String(files).trim().split('\n')) {
    if (SKIPPED.some((start) => file.startsWith(start))) continue
    for (const { line, phrase, advice } of findProse(readFileSync(`${root}/${file}`, 'utf8'))) {
      console.error(`${file}:${line} “${phrase}”: write “${advice}”.`)
      count++
    }
  }
  if (count > 0) process.exitCode = 1
}
