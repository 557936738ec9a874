import { expect, it } from 'vitest'
import { valueMoment } from './value-moment.js'

it('the value moment of a tree is the first event marked as one', () => {
  expect(valueMoment({ events: { opened: {}, booked: { value: true }, paid: { value: true } } })).toBe('booked')
  expect(valueMoment({ events: { opened: { value: false } } })).toBeNull()
})
