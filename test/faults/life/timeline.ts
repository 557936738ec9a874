import { describeValue } from './plan.js'
import type { Entry } from './record.js'

/** What the pages wrote down, a line for each entry; ids by their last six digits. */
export function describeEntries(entries: Entry[]): string {
  const start = entries[0]?.at ?? 0
  return entries
    .map((entry) => {
      const { at, step, visit, possible } = entry
      return `${at - start} ms, step ${step}, visit ${visit}, ${possible.join(' or ')}: ${describeEntry(entry)}`
    })
    .join('\n')
}

function describeEntry(entry: Entry): string {
  const short = (id: unknown) => String(id).slice(-6)
  switch (entry.kind) {
    case 'call':
      return `${entry.call}(${entry.args.map(describeValue).join(', ')}) → ${short(entry.id)}`
    case 'threw':
      return `${entry.call} threw ${entry.error}`
    case 'consent':
      return `consent(${entry.to})`
    case 'told':
      return `told ${entry.outcome} ${entry.reason ?? entry.error ?? ''} ${entry.ids.map(short).join(', ')}`
    case 'send':
      return `sends ${entry.ids.map(short).join(', ')}`
    default:
      return entry.kind
  }
}
