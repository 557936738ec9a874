import type { MetricReport, Report } from '@nsm/schema'
import { describe, expect, it } from 'vitest'
import { dailyMargin, empty, guardrailBreached, monthlyRatio, signalled, teamChat, young } from '../fixtures/reports.js'
import { SummaryError, summarise } from './summarise.js'
import { toText } from './text.js'

const first = (report: Report) => report.metrics[report.northStar[0] as string] as MetricReport

describe('the headline', () => {
  it('is the running period against the same point of the one before', () => {
    const summary = summarise(teamChat())
    expect(summary.value).toEqual({ text: '1,604', noun: 'teams', raw: 1604 })
    expect(summary.period).toBe('This week so far')
    expect(summary.delta).toEqual({ course: 'up', text: '+3.1%', against: 'vs. the same point last week' })
  })

  it('is the last complete period where a running rate is still undefined', () => {
    const report = teamChat()
    const metric = first(report)
    metric.toDate = { ...(metric.toDate as NonNullable<MetricReport['toDate']>), value: null, change: null }
    expect(summarise(report).period).toBe('Last week')
  })

  it('never sets a running period against a whole one: it names the whole one and gives no percent', () => {
    const { delta } = summarise(teamChat(), undefined, { compare: 'previous' })
    expect(delta).toEqual({ course: 'level', text: 'last week: 1,832', against: '' })
  })

  it('compares the last complete period with the year before when asked', () => {
    const { delta } = summarise(teamChat(), undefined, { headline: 'last-complete', compare: 'year' })
    expect(delta).toEqual({ course: 'up', text: '+32%', against: 'vs. a year before' })
  })

  it('takes the change since a year before from the report, and none where it has none', () => {
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

  it('says "from 0" where there is no percent', () => {
    expect(summarise(young()).delta?.text).toBe('+12 from 0')
  })

  it('gives no percent across a sign', () => {
    expect(summarise(dailyMargin()).delta?.text).toBe('+€275.90')
  })

  it('changes a rate in percentage points', () => {
    expect(summarise(monthlyRatio()).delta).toEqual({
      course: 'up',
      text: '+0.1 pp',
      against: 'vs. the same point last month',
    })
  })

  it('calls a period "this week" only while it is', () => {
    const summary = summarise(teamChat(), undefined, { now: Date.parse('2027-02-01T00:00:00Z') })
    expect(summary.period).toBe('Week of Nov 16 so far')
    expect(summary.delta?.against).toBe('vs. the same point in the week of Nov 9')
  })

  it('is a dash where nothing was ever measured', () => {
    const summary = summarise(empty())
    expect(summary.empty).toBe(true)
    expect(summary.value.text).toBe('–')
  })
})

describe('the verdict', () => {
  it('is grey within the normal range', () => {
    expect(summarise(teamChat()).verdict).toMatchObject({
      text: 'Last week: within its normal range',
      tone: 'neutral',
    })
  })

  it('honours the direction: high is bad where down is good', () => {
    expect(summarise(signalled('up', 'above')).verdict?.tone).toBe('good')
    expect(summarise(signalled('down', 'above')).verdict?.tone).toBe('bad')
    expect(summarise(signalled('down', 'below')).verdict?.tone).toBe('good')
  })

  it('says since when a metric shifted', () => {
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

  it('names every guardrail that is breached', () => {
    const report = guardrailBreached()
    const other = report.metrics['delivery_time'] as MetricReport
    other.limit = { min: null, max: 0.5, breach: { period: '2026-11-16', value: 0.86, side: 'above' } }
    expect(summarise(report).verdict?.text).toBe(
      'Up, but Reports per message at 0.13% last week (limit 0.1%) and ' +
        'Delivery time, 95th percentile at 0.86 sec this week (limit 0.5 sec).',
    )
  })

  it('of a metric beyond its own limit says where, whatever period leads', () => {
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

  it('draws the path of the report, so that the line stands where the text says', () => {
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
    [-4.5, 'further off than at the start', 0],
    [-0.001, '0% of the way', 0],
    [0.62, '62% of the way', 0.62],
    [0.997, '99% of the way', 0.997],
    [1, '100% of the way', 1],
    [1.75, '100% of the way', 1],
  ])('with %s of its way says %s', (progress, text, done) => {
    expect(goal({ progress }).goal).toMatchObject({ progress: text, done })
  })

  it('that is its own baseline has no share of a way', () => {
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

  it('without a value is neither good nor bad', () => {
    for (const headline of [null, { ...past, value: null }]) {
      const row = guardrail({ headline, toDate: { ...running, value: null } })
      expect(row).toMatchObject({ state: 'unjudged', text: 'not judged yet', value: { text: '–' }, period: '' })
    }
  })

  it('beyond its limit shows the value and the period of that, and no other', () => {
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

  it('is not judged before a whole period has a value', () => {
    const row = guardrail({ headline: null, toDate: { ...running, value: 0.4 } })
    expect(row).toMatchObject({
      state: 'unjudged',
      text: 'not judged yet',
      value: { text: '40%' },
      period: 'this week',
    })
  })
})

describe('inputs', () => {
  it('carry their exact share of the change, and the whole it is a share of', () => {
    const { inputs } = summarise(teamChat())
    expect(inputs.title).toBe('Inputs, last week')
    expect(inputs.total).toBe('of +15')
    expect(inputs.rows.map((row) => row.share?.text)).toEqual(['−11', '+28', '−2', undefined, undefined])
    const sum = inputs.rows.reduce((total, row) => total + (row.share?.value ?? 0), 0)
    expect(sum).toBe(15)
  })

  it('without shares speak of the same period as the headline', () => {
    const { inputs } = summarise(young())
    expect(inputs.title).toBe('Inputs, this week so far')
    expect(inputs.rows[0]?.value.text).toBe('9')
  })
})

it('finds a metric by its id and says what it cannot find', () => {
  expect(summarise(teamChat(), 'report_rate').value.text).toBe('0.069%')
  expect(() => summarise(teamChat(), 'nope')).toThrow(
    new SummaryError('unknown_metric', 'The report has no metric “nope”.'),
  )
})

it('says so in words when a report is of a schema it does not know', () => {
  expect(() => summarise({ ...teamChat(), schema: 2 } as unknown as Report)).toThrow(/newer version/)
})

it('speaks the language it is told, and takes a host’s words', () => {
  const summary = summarise(teamChat(), undefined, {
    lang: 'de',
    messages: { samePoint: 'gegenüber {period} zur selben Zeit' },
  })
  expect(summary.value.text).toBe('1.604')
  expect(summary.delta?.against).toBe('gegenüber letzte Woche zur selben Zeit')
})

it('shows numbers whatever a page calls its language', () => {
  expect(summarise(teamChat(), undefined, { lang: 'en_US' }).value.text).toBe('1,604')
})

it('says why a metric could not be computed', () => {
  const report = teamChat()
  first(report).error = { code: 'too_large', path: 'metrics.teams_20_plus', message: 'The query took too long.' }
  expect(() => summarise(report)).toThrow('The query took too long.')
})

it('counts events in the form that goes with the number, in words of the host too', () => {
  const report = teamChat()
  report.quality = { ...report.quality, late: 1, lost: 2, rejected: 1 }
  expect(summarise(report).notes.slice(0, 3)).toEqual(['1 event arrived late', '2 events lost', '1 event rejected'])
  const late = { one: '{n} spóźnione zdarzenie', few: '{n} spóźnione zdarzenia', other: '{n} spóźnionych zdarzeń' }
  report.quality.late = 3
  const { notes } = summarise(report, undefined, { lang: 'pl', messages: { late, lost: 'Utracone: {n}' } })
  expect(notes.slice(0, 2)).toEqual(['3 spóźnione zdarzenia', 'Utracone: 2'])
})

it('as plain text says what the card says', () => {
  expect(toText(summarise(guardrailBreached()))).toBe(`Teams sending 20+ messages a week
1,604 teams · This week so far
▲ +3.1% vs. the same point last week
On course for about 1,878 (1,820 to 1,930)
Up, but Reports per message at 0.13% last week (limit 0.1%).
Goal 1,980 teams by Jan 3, 2027 · 75% of the way · on plan · needs +1.1% a week from here

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
