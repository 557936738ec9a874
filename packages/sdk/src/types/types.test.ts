// What compiles and what does not: held by `tsc`, in which an unused @ts-expect-error is an error.
import { expect, it } from 'vitest'
import { createTracker, track } from '../index.js'

interface Shop {
  order: { total: number; coupon?: string }
  visit: { from?: string }
}

it('says what does not fit the map of events', () => {
  const shop = createTracker<Shop>()

  shop.track('order', { total: 12 })
  shop.track('order', { total: 12, coupon: 'x' }, { messageId: 'order-1' })
  shop.track('visit')
  expect(shop.start('order', { coupon: 'x' })({ total: 12 })).toMatch(/^[\da-f-]{36}$/)

  // @ts-expect-error there is no such event
  shop.track('ordre', { total: 12 })
  // @ts-expect-error its properties are required
  shop.track('order')
  // @ts-expect-error the total is missing
  shop.track('order', { coupon: 'x' })
  // @ts-expect-error the total is a number
  shop.track('order', { total: '12' })
  // @ts-expect-error there is no such property
  shop.track('visit', { form: 'x' })
  // @ts-expect-error there is no such event
  shop.start('ordre')
  // @ts-expect-error the coupon is a text
  shop.start('order')({ coupon: 1 })
  // @ts-expect-error there is no such option
  shop.track('order', { total: 12 }, { message: 'order-1' })

  expect(shop.size).toBeGreaterThan(0)
})

it('is open while the map is empty', () => {
  expect(track('anything', { at: { all: true } })).toMatch(/^[\da-f-]{36}$/)
  // @ts-expect-error a name is a text
  track(1)
  const tracker = createTracker()
  // @ts-expect-error there is no such outcome
  tracker.on('lost', () => {})
  // @ts-expect-error both are required
  tracker.init({ writeKey: 'wk' })
})
