import type { Grain, MetricReport } from '@nsm/schema'
import { formatDate } from './date.js'
import { fill } from './messages.js'
import { formatRatio, formatValue, noun } from './number.js'
import type { Speaker } from './speaker.js'
import type { GoalRow } from './summary.js'

const EACH = { day: 'eachDay', week: 'eachWeek', month: 'eachMonth', quarter: 'eachQuarter' } as const

const clamp = (share: number) => Math.min(1, Math.max(0, share))

function progressText(progress: number, speaker: Speaker): string {
  const { words } = speaker
  if (progress < -0.005) return words.further
  // Don't round up to 100% before the goal is reached.
  const share = progress < 1 ? Math.min(clamp(progress), 0.99) : 1
  return fill(words.progress, { percent: formatRatio(share, speaker, false) })
}

/** The goal, its progress, and whether that is on plan. */
export function goalRow(metric: MetricReport, grain: Grain, breached: boolean, speaker: Speaker): GoalRow | null {
  const { goal, unit } = metric
  if (!goal) return null
  const { words } = speaker
  const { target, baseline, expected, progress, pace, required } = goal
  const goodNews = pace === 'ahead' ? 'good' : 'neutral'
  return {
    text: fill(words.goal, {
      target: `${formatValue(target, unit, speaker)} ${noun(unit, target, speaker)}`.trim(),
      date: formatDate(goal.by, speaker, { year: 'numeric' }),
    }),
    progress: progress === null ? '' : progressText(progress, speaker),
    pace: words[pace],
    tone: pace === 'behind' ? 'warn' : breached ? 'neutral' : goodNews,
    required:
      required !== null && required !== 0 && (progress ?? 0) < 1
        ? fill(words.required, { change: formatRatio(required, speaker), each: words[EACH[grain]] })
        : '',
    done: clamp(progress ?? 0),
    // A goal equal to its baseline is already reached.
    expected: target === baseline ? 1 : clamp((expected - baseline) / (target - baseline)),
  }
}
