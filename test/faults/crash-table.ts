/** What was measured, with which browser and when: events that were lost of so many crashes, by delay in ms. */
export interface CrashCurve {
  browser: string
  /** ISO date. */
  date: string
  crashes: number
  lost: { delay: number; events: number }[]
}

/** The table that stands in the tracker's README. */
export function crashTable({ browser, date, crashes, lost }: CrashCurve): string {
  return `| Renderer killed after \`track()\` | ${lost.map(({ delay }) => `${delay} ms`).join(' | ')} |
| --- | ${lost.map(() => '---:').join(' | ')} |
| Events lost of ${crashes} | ${lost.map(({ events }) => events).join(' | ')} |

${browser}, ${date}: one event, then SIGKILL, ${crashes} times for each delay; a collector that takes nothing until all is over.`
}

const MARK = '<!-- crash curve: NSM_CRASHES=100 npm run faults -- crash-curve -->'
const place = new RegExp(`${MARK}\\n([^]*?)\\n?${MARK}`)

/** The table in a README; null where there is none. */
export const readCrashTable = (readme: string): string | null => place.exec(readme)?.[1] ?? null

/** The README with the table in its place. */
export const writeCrashTable = (readme: string, table: string): string =>
  readme.replace(place, `${MARK}\n${table}\n${MARK}`)
