import type { Report } from '@nsm/schema'
import { afterEach, expect, it, vi } from 'vitest'
import { NsmCard } from './define.js'
import type { NsmErrorEvent, NsmLoadEvent } from './events.js'
import { teamChat } from './fixtures/reports.js'

const REPORT = teamChat()
const NOW = Date.parse(REPORT.asOf)

afterEach(() => document.body.replaceChildren())

function card(properties: Partial<NsmCard> = {}): NsmCard {
  const element = document.createElement('nsm-card')
  Object.assign(element, { now: NOW, ...properties })
  return element
}
const heard = <E extends Event>(element: NsmCard, type: string) => {
  const listener = vi.fn<(event: E) => void>()
  element.addEventListener(type, listener as unknown as EventListener)
  return listener
}
const text = (element: NsmCard) => element.shadowRoot?.querySelector('article')?.textContent ?? ''

it('can be defined twice', async () => {
  vi.resetModules()
  await import('./define.js')
  expect(customElements.get('nsm-card')).toBe(NsmCard)
})

it('shows a report that the page sets, without sending an event', async () => {
  const element = card({ data: REPORT })
  const loaded = heard(element, 'nsm-load')
  document.body.append(element)
  await element.updateComplete
  expect(text(element)).toContain('1,604')
  expect(element.status).toBe('ready')
  expect(element.toText()).toContain('1,604 teams')
  expect(loaded).not.toHaveBeenCalled()
})

it('sends an event when it has loaded a report', async () => {
  const element = card({ src: '/a', fetcher: async () => REPORT })
  const loaded = heard<NsmLoadEvent>(element, 'nsm-load')
  document.body.append(element)
  await vi.waitFor(() => expect(loaded).toHaveBeenCalledOnce())
  const event = loaded.mock.calls[0]?.[0]
  expect(event).toMatchObject({ report: REPORT, bubbles: true, composed: true })
  expect(event?.summary.value.raw).toBe(1604)
})

it('keeps the last good report when a later one fails, and says so', async () => {
  const fetcher = vi.fn(async () => REPORT)
  const element = card({ src: '/b', fetcher })
  const failed = heard<NsmErrorEvent>(element, 'nsm-error')
  document.body.append(element)
  await vi.waitFor(() => expect(element.status).toBe('ready'))
  fetcher.mockRejectedValueOnce(new Error('offline'))
  await element.reload()
  await element.updateComplete
  expect(failed.mock.calls[0]?.[0].error.message).toBe('offline')
  expect(text(element)).toContain('1,604')
  expect(text(element)).toContain('As of 2:02 PM. Not up to date.')
})

it('does not show a number from another address', async () => {
  const element = card({ src: '/c', fetcher: async () => REPORT })
  document.body.append(element)
  await vi.waitFor(() => expect(element.status).toBe('ready'))
  element.fetcher = () => new Promise(() => {})
  element.src = '/d'
  await element.updateComplete
  expect(element.status).toBe('loading')
})

it('makes no request if it is removed before it is shown', async () => {
  const fetcher = vi.fn(async () => REPORT)
  const element = card({ src: '/e', fetcher })
  document.body.append(element)
  element.remove()
  await element.updateComplete
  expect(fetcher).not.toHaveBeenCalled()
  document.body.append(element)
  await vi.waitFor(() => expect(element.status).toBe('ready'))
})

it('uses the nearest ancestor’s language, and custom texts', async () => {
  const element = card({ data: REPORT, messages: { guardrails: 'Leitplanken' } })
  const section = document.createElement('section')
  section.lang = 'de'
  section.append(element)
  document.body.append(section)
  await element.updateComplete
  expect(text(element)).toContain('1.604')
  expect(text(element)).toContain('Leitplanken')
})

it('shows only the requested sections', async () => {
  const element = card({ data: REPORT, sections: 'trend' })
  document.body.append(element)
  await element.updateComplete
  expect(element.shadowRoot?.querySelector('[part=chart]')).not.toBeNull()
  for (const part of ['goal', 'inputs', 'guardrails', 'table-toggle']) {
    expect(element.shadowRoot?.querySelector(`[part=${part}]`), part).toBeNull()
  }
})

it('shows its label while it loads', async () => {
  const element = card({ src: '/f', label: 'Active teams', fetcher: () => new Promise(() => {}) })
  document.body.append(element)
  await element.updateComplete
  expect(element.status).toBe('loading')
  expect(element.shadowRoot?.querySelector('#label')?.textContent).toBe('Active teams')
})

it('shows a guardrail without a value as neutral', async () => {
  const report = structuredClone(REPORT)
  for (const id of report.guardrails) Object.assign(report.metrics[id] ?? {}, { headline: null, toDate: null })
  const element = card({ data: report })
  document.body.append(element)
  await element.updateComplete
  const row = element.shadowRoot?.querySelector('[part=guardrail]')
  expect(row?.querySelector('.shape')?.classList).toContain('level')
  expect(row?.querySelector('.unseen, .good, .bad, .warn')).toBeNull()
  expect(row?.textContent?.replace(/\s+/g, ' ').trim()).toBe('Reports per message – not enough data yet · limit 0.1%')
})

it('explains why it cannot show a report with an unknown schema', async () => {
  const element = card({ data: { ...REPORT, schema: 2 } as unknown as Report })
  document.body.append(element)
  await element.updateComplete
  expect(element.status).toBe('error')
  expect(text(element)).toContain('newer version')
})
