import fc from 'fast-check'
import { SEED } from '../../seed.js'
import type { Answer } from '../collector.js'

type Consent = 'granted' | 'denied' | 'pending'

/** A call of the tracker; a bad one has arguments that the README does not allow. */
export interface Call {
  call: string
  args: unknown[]
  bad?: boolean
}

/** What happens next on a device. Tabs are counted round, so every number names one. */
export type Step =
  /** Calls in one task of a tab; `leaving`: the task ends by going to another page. */
  | { do: 'task'; tab: number; calls: Call[]; leaving: boolean }
  /** The date moves, ms; nothing else does. */
  | { do: 'clock'; by: number }
  /** Time goes by, ms, all at once, as when a laptop sleeps. */
  | { do: 'sleep'; ms: number }
  | { do: 'collector'; answer: Answer | 'down' }
  | { do: 'open' }
  | { do: 'close' | 'reload' | 'away' | 'back'; tab: number }

export interface Life {
  /** What `init` is given. */
  consent: Consent | undefined
  steps: Step[]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const consent = fc.constantFrom<Consent>('granted', 'denied', 'pending')
const ids = fc.constantFrom('ann', 'bob', 'x'.repeat(200))
const bad = fc.constantFrom<unknown>('', ' ', {}, { id: 'ann' }, null, 'x'.repeat(201))
const properties = fc.record({ n: fc.nat(999) })

const good = (call: string, ...args: fc.Arbitrary<unknown>[]): fc.Arbitrary<Call> =>
  fc.tuple(...args).map((args) => ({ call, args }))
const wrong = (call: string, ...args: fc.Arbitrary<unknown>[]): fc.Arbitrary<Call> =>
  fc.tuple(...args).map((args) => ({ call, args, bad: true }))
const the = (value: unknown) => fc.constant(value)

const call = fc.oneof(
  { weight: 10, arbitrary: good('track', the('value_moment'), properties) },
  { weight: 2, arbitrary: good('page', the('home'), properties) },
  { weight: 2, arbitrary: good('identify', ids, properties) },
  { weight: 1, arbitrary: good('group', the('team'), ids, properties) },
  { weight: 1, arbitrary: good('group', ids) },
  { weight: 1, arbitrary: good('alias', ids) },
  { weight: 1, arbitrary: good('reset') },
  { weight: 1, arbitrary: good('register', fc.record({ plan: fc.constantFrom('free', 'pro') })) },
  { weight: 2, arbitrary: good('start', the('moment'), properties) },
  { weight: 2, arbitrary: good('stop') },
  { weight: 2, arbitrary: good('flush') },
  { weight: 4, arbitrary: good('consent', consent) },
  { weight: 1, arbitrary: wrong('identify', bad) },
  { weight: 1, arbitrary: wrong('alias', bad) },
  { weight: 1, arbitrary: wrong('group', bad) },
  { weight: 1, arbitrary: wrong('group', the('team'), bad) },
  { weight: 1, arbitrary: wrong('track', fc.constantFrom<unknown>('', {}, null), properties) },
)

const tab = fc.nat(2)
const step = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({
      do: fc.constant('task' as const),
      tab,
      calls: fc.array(call, { minLength: 1, maxLength: 6 }),
      leaving: fc.integer({ min: 1, max: 8 }).map((n) => n === 1),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('clock' as const),
      by: fc
        .tuple(fc.constantFrom(2 * MINUTE, 3 * HOUR, 2 * DAY, 40 * DAY, 3 * 365 * DAY), fc.constantFrom(1, -1))
        .map(([ms, sign]) => ms * sign),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('sleep' as const), ms: fc.constantFrom(500, 3_000, 20_000, 100_000) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('collector' as const),
      answer: fc.constantFrom<Answer | 'down'>(
        'accept',
        'segment',
        'drop',
        'cut',
        'down',
        'down',
        { status: 500 },
        { status: 503, retryAfter: '10' },
        { status: 429, retryAfter: '2' },
        { status: 401 },
        { most: 2 },
      ),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'open' as const }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom('close' as const, 'reload' as const, 'away' as const, 'back' as const),
      tab,
    }),
  },
)

const life: fc.Arbitrary<Life> = fc.record({
  consent: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 3, arbitrary: consent }),
  steps: fc.array(step, { minLength: 25, maxLength: 25 }),
})

/** The same life for the same number, unless `NSM_SEED` says otherwise. */
export function planLife(number: number): Life {
  return fc.sample(life, { seed: SEED + number, numRuns: 1 })[0]!
}

/** A line for each step, to read what a life was. */
export const describeLife = ({ consent, steps }: Life): string =>
  [`init: consent ${consent ?? 'not given'}`, ...steps.map((step, i) => `${i + 1}. ${describeStep(step)}`)].join('\n')

function describeStep(step: Step): string {
  const { do: what, ...rest } = step
  if (step.do !== 'task') return `${what} ${JSON.stringify(rest)}`
  const calls = step.calls.map(({ call, args }) => `${call}(${args.map(describeValue).join(', ')})`)
  return `task in tab ${step.tab}: ${calls.join('; ')}${step.leaving ? '; leaves' : ''}`
}

/** A value as JSON; a long text by its length. */
export const describeValue = (value: unknown): string =>
  typeof value === 'string' && value.length > 50 ? `<${value.length} characters>` : JSON.stringify(value)
