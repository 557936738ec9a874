import type { MetricReport, Report } from '@nsm/schema'
import { describe, expect, it } from 'vitest'
import { dailyMargin, empty, guardrailBreached, monthlyRatio, signalled, teamChat, young } from '../fixtures/reports.js'
import { SummaryError, summarise } from './summarise.js'
import { toText } from './text.js'

const first = (report: Report) => report.metrics[report.northStar[0] as string] as MetricReport

describe('the headline', () => {
  it('compares the running period with the same point of the previous one', () => {
    const summary = summarise(teamChat())
    expect(summary.value).toEqual({ text: '1,604', noun: 'teams', raw: 1604 })
    expect(summary.period).toBe('This week so far')
    expect(summary.delta).toEqual({ course: 'up', text: '+3.1%', against: 'vs. the same point last week' })
  })

  it('is the last complete period while a running rate is undefined', () => {
    const report = teamChat()
    const metric = first(report)
    metric.toDate = { ...(metric.toDate as NonNullable<MetricReport['toDate']>), value: null, change: null }
    expect(summarise(report).period).toBe('Last week')
  })

  it('never compares a running period with a complete one: it shows that one’s value and no percentage', () => {
    const { delta } = summarise(teamChat(), undefined, { compare: 'previous' })
    expect(delta).toEqual({ course: 'level', text: 'last week: 1,832', against: '' })
  })

  it('compares the last complete period with the year before when asked', () => {
    const { delta } = summarise(teamChat(), undefined, { headline: 'last-complete', compare: 'year' })
    expect(delta).toEqual({ course: 'up', text: '+32%', against: 'vs. a year earlier' })
  })

  it('takes the change since a year earlier from the report, if it has one', () => {
    const report = teamChat()
    const metric = first(report)
    const headline = metric.headline as NonNullable<MetricReport['headline']>
    const sinceYear = () => summarise(report, undefined, { headline: 'last-complete', compare: 'year' }).delta
    metric.headline = { ...headline, value: 0, yearBefore: -5, yearChange: { from: -5, to: 0, absolute: 5, ratio: 1 } }
    expect(sinceYear()?.text).toBe('+100%')
    const { yearChange: _, ...withoutYear } = headline
    metric.headline = withoutYear
    expect(sinceYear()).toBeNull()
  })

  it('says "from 0" where there is no percentage', () => {
    expect(summarise(young()).delta?.text).toBe('+12 from 0')
  })

  it('gives no percentage when the sign changes', () => {
    expect(summarise(dailyMargin()).delta?.text).toBe('+€275.90')
  })

  it('gives the change of a rate in percentage points', () => {
    expect(summarise(monthlyRatio()).delta).toEqual({
      course: 'up',
      text: '+0.1 pp',
      against: 'vs. the same point last month',
    })
  })

  it('calls a period "this week" only during that week', () => {
    const summary = summarise(teamChat(), undefined, { now: Date.parse('2027-02-01T00:00:00Z') })
    expect(summary.period).toBe('Week of Nov 16 so far')
    expect(summary.delta?.against).toBe('vs. the same point in the week of Nov 9')
  })

  it('is a dash if there was never a value', () => {
    const summary = summarise(empty())
    expect(summary.empty).toBe(true)
    expect(summary.value.text).toBe('–')
  })
})

describe('the verdict', () => {
  it('is neutral within the normal range', () => {
    expect(summarise(teamChat()).verdict).toMatchObject({
      text: 'Last week: within its normal range',
      tone: 'neutral',
    })
  })

  it('respects the direction: high is bad where lower is better', () => {
    expect(summarise(signalled('up', 'above')).verdict?.tone).toBe('good')
    expect(summarise(signalled('down', 'above')).verdict?.tone).toBe('bad')
    expect(summarise(signalled('down', 'below')).verdict?.tone).toBe('good')
  })

  it('says when a metric shifted', () => {
    expect(summarise(signalled('up', 'shifted')).verdict?.text).toBe('Shifted since Oct 12')
  })

  it('is never good news while a guardrail is breached', () => {
    const summary = summarise(guardrailBreached())
    expect(summary.verdict).toMatchObject({
      text: 'Up, but Reports per message at 0.13% last week (limit 0.1%).',
      tone: 'bad',
    })
    expect(summary.breached).toBe(true)
    expect(summary.goal?.tone).not.toBe('good')
  })

  it('names every breached guardrail', () => {
    const report = guardrailBreached()
    const other = report.metrics['delivery_time'] as MetricReport
    other.limit = { min: null, max: 0.5, breach: { period: '2026-11-16', value: 0.86, side: 'above' } }
    expect(summarise(report).verdict?.text).toBe(
      'Up, but Reports per message at 0.13% last week (limit 0.1%) and ' +
        'Delivery time, 95th percentile at 0.86 sec this week (limit 0.5 sec).',
    )
  })

  it('says where a metric is beyond its own limit, whatever the headline’s period', () => {
    const report = teamChat()
    const metric = first(report)
    metric.limit = { min: 1800, max: 2000, breach: { period: '2026-11-09', value: 1785, side: 'below' } }
    expect(summarise(report).verdict?.text).toBe('1,785 last week, under its limit of 1,800')
    expect(summarise(report).value.text).toBe('1,604')
    metric.limit = { min: 1000, max: 1600, breach: { period: '2026-11-16', value: 1604, side: 'above' } }
    expect(summarise(report).verdict?.text).toBe('1,604 this week, over its limit of 1,600')
    const later = { now: Date.parse('2027-02-01T00:00:00Z') }
    expect(summarise(report, undefined, later).verdict?.text).toBe(
      '1,604 in the week of Nov 16, over its limit of 1,600',
    )
  })
})

describe('a goal', () => {
  const goal = (change: Partial<NonNullable<MetricReport['goal']>>) => {
    const report = teamChat()
    const metric = first(report)
    metric.goal = { ...(metric.goal as NonNullable<MetricReport['goal']>), ...change }
    return summarise(report)
  }

  it('draws the report’s goal line, so that it matches the text', () => {
    const points = [
      { period: '2026-11-09', expected: 1234.5 },
      { period: '2026-11-16', expected: 1300 },
    ]
    const { series } = goal({ points })
    expect(series.points.slice(-3).map((point) => point.goal)).toEqual([null, 1234.5, 1300])
    const report = teamChat()
    const { period } = first(report).headline as NonNullable<MetricReport['headline']>
    const drawn = summarise(report).series.points.find((point) => point.period === period)?.goal
    expect(drawn).toBe(first(report).goal?.expected)
  })

  it.each([
    [-4.5, 'further from the goal than at the start', 0],
    [-0.001, '0% of the way', 0],
    [0.62, '62% of the way', 0.62],
    [0.997, '99% of the way', 0.997],
    [1, '100% of the way', 1],
    [1.75, '100% of the way', 1],
  ])('with %s of its way says %s', (progress, text, done) => {
    expect(goal({ progress }).goal).toMatchObject({ progress: text, done })
  })

  it('equal to its baseline has no progress', () => {
    const { goal: row } = goal({ target: 1440, baseline: 1440, expected: 1440, progress: null })
    expect(row).toMatchObject({ progress: '', expected: 1 })
  })
})

describe('a guardrail', () => {
  const guardrail = (change: Partial<MetricReport>) => {
    const report = teamChat()
    Object.assign(report.metrics['report_rate'] as MetricReport, change)
    return summarise(report).guardrails[0]
  }
  const past = teamChat().metrics['report_rate']?.headline as NonNullable<MetricReport['headline']>
  const running = teamChat().metrics['report_rate']?.toDate as NonNullable<MetricReport['toDate']>

  it('is neither good nor bad without a value', () => {
    for (const headline of [null, { ...past, value: null }]) {
      const row = guardrail({ headline, toDate: { ...running, value: null } })
      expect(row).toMatchObject({ state: 'unjudged', text: 'not enough data yet', value: { text: '–' }, period: '' })
    }
  })

  it('shows the value and period of its breach', () => {
    const limit = (breach: NonNullable<MetricReport['limit']>['breach']) => ({ min: null, max: 0.001, breach })
    const now = limit({ period: running.period, value: 0.004, side: 'above' })
    expect(guardrail({ headline: { ...past, value: 0.0005 }, limit: now })).toMatchObject({
      state: 'breached',
      value: { text: '0.4%', raw: 0.004 },
      period: 'this week',
    })
    const before = limit({ period: past.period, value: 0.002, side: 'above' })
    expect(guardrail({ toDate: { ...running, value: 0.0001 }, limit: before })).toMatchObject({
      state: 'breached',
      value: { text: '0.2%', raw: 0.002 },
      period: 'last week',
    })
    expect(guardrail({})).toMatchObject({ state: 'in-range', value: { raw: past.value }, period: 'last week' })
  })

  it('has no verdict until a complete period has a value', () => {
    const row = guardrail({ headline: null, toDate: { ...running, value: 0.4 } })
    expect(row).toMatchObject({
      state: 'unjudged',
      text: 'not enough data yet',
      value: { text: '40%' },
      period: 'this week',
    })
  })
})

describe('inputs', () => {
  it('have their exact share of the change, and the total change', () => {
    const { inputs } = summarise(teamChat())
    expect(inputs.title).toBe('Inputs, last week')
    expect(inputs.total).toBe('of +15')
    expect(inputs.rows.map((row) => row.share?.text)).toEqual(['−11', '+28', '−2', undefined, undefined])
    const sum = inputs.rows.reduce((total, row) => total + (row.share?.value ?? 0), 0)
    expect(sum).toBe(15)
  })

  it('without shares show the headline’s period', () => {
    const { inputs } = summarise(young())
    expect(inputs.title).toBe('Inputs, this week so far')
    expect(inputs.rows[0]?.value.text).toBe('9')
  })
})

it('finds a metric by its id, or says that the report has none', () => {
  expect(summarise(teamChat(), 'report_rate').value.text).toBe('0.069%')
  expect(() => summarise(teamChat(), 'nope')).toThrow(
    new SummaryError('unknown_metric', 'The report has no metric “nope”.'),
  )
})

it('reports an unknown schema version in words', () => {
  expect(() => summarise({ ...teamChat(), schema: 2 } as unknown as Report)).toThrow(/newer version/)
})

it('uses the given language and texts', () => {
  const summary = summarise(teamChat(), undefined, {
    lang: 'de',
    messages: { samePoint: 'gegenüber {period} zur selben Zeit' },
  })
  expect(summary.value.text).toBe('1.604')
  expect(summary.delta?.against).toBe('gegenüber letzte Woche zur selben Zeit')
})

it('shows numbers even if the page’s language is invalid', () => {
  expect(summarise(teamChat(), undefined, { lang: 'en_US' }).value.text).toBe('1,604')
})

it('says why a metric could not be computed', () => {
  const report = teamChat()
  first(report).error = { code: 'too_large', path: 'metrics.teams_20_plus', message: 'The query took too long.' }
  expect(() => summarise(report)).toThrow('The query took too long.')
})

it('uses the right plural form for events, also with custom texts', () => {
  const report = teamChat()
  report.quality = { ...report.quality, late: 1, lost: 2, rejected: 1 }
  expect(summarise(report).notes.slice(0, 3)).toEqual(['1 event arrived late', '2 events lost', '1 event rejected'])
  const late = { one: '{n} spóźnione zdarzenie', few: '{n} spóźnione zdarzenia', other: '{n} spóźnionych zdarzeń' }
  report.quality.late = 3
  const { notes } = summarise(report, undefined, { lang: 'pl', messages: { late, lost: 'Utracone: {n}' } })
  expect(notes.slice(0, 2)).toEqual(['3 spóźnione zdarzenia', 'Utracone: 2'])
})

it('says the same as the card in plain text', () => {
  expect(toText(summarise(guardrailBreached()))).toBe(`Teams sending 20+ messages a week
1,604 teams · This week so far
▲ +3.1% vs. the same point last week
On course for about 1,878 (1,820 to 1,930)
Up, but Reports per message at 0.13% last week (limit 0.1%).
Goal 1,980 teams by Jan 3, 2027 · 75% of the way · on plan · needs +1.1% per week to reach the goal

Inputs, last week (of +15)
New teams: 210 ▼ −5% (−11)
Returning teams: 1,508 ▲ +1.9% (+28)
Resurrected teams: 114 ▼ −1.7% (−2)
New teams active in 7 days: 35.6% ▲ +1.2 pp
Messages per team: 68.5 ▼ −1.4%

Reports per message: 0.13% last week (out of range, limit 0.1%)
Delivery time, 95th percentile: 0.93 sec last week (in range, limit 1.5 sec)

As of 2:02 PM · 212 events arrived late · Review due Jan 5, 2027`)
})
