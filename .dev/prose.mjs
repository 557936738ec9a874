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
  [/\bone an? (?:line|week|day|period|event|message)\b/i, 'one per …'],
  [/\b(?:a|the) \w+ that is none\b/i, 'invalid, or not a …'],
  [/(?<!there )\bis no (?:date|instant|address|number|text|tree|message|file|error|list|object)\b/i, 'is not a …'],
  [/\bcounted otherwise\b/i, 'counted differently'],
  [/\bnothing speaks against\b/i, 'no warnings'],
  [/\bto the last edge\b/i, 'in detail'],
  [/\bstands? well\b/i, 'is doing well'],
  [/\bthe way out\b(?! of)/i, 'what to do'],
]

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
  const files = execFileSync('git', ['ls-files', '*.md', '*.ts', '*.js', '*.mjs', '*.html', '*.json'], { cwd: root })
  let count = 0
  for (const file of String(files).trim().split('\n')) {
    if (/^(?:\.dev\/prose|test\/vectors\/|test\/bench\/peers\/)/.test(file)) continue
    for (const { line, phrase, advice } of findProse(readFileSync(`${root}/${file}`, 'utf8'))) {
      console.error(`${file}:${line} “${phrase}”: write “${advice}”.`)
      count++
    }
  }
  if (count > 0) process.exitCode = 1
}
