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
  // What is nearly there is not there.
  const share = progress < 1 ? Math.min(clamp(progress), 0.99) : 1
  return fill(words.progress, { percent: formatRatio(share, speaker, false) })
}

/** The goal with how far it is, and whether that is where it should be. */
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
    // A goal that is its own baseline has no way to go.
    expected: target === baseline ? 1 : clamp((expected - baseline) / (target - baseline)),
  }
}
