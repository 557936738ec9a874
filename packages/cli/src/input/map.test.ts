import { describe, expect, it } from 'vitest'
import { applyMap, missingColumn, parseMap } from './map.js'

const message = (cells: Record<string, string>, map: string, zone = 'UTC') => {
  const read = applyMap(cells, parseMap(map), zone)
  return read.ok ? read.value : read.rejection
}

describe('a column map', () => {
  it('takes cells and constant values', () => {
    expect(
      message(
        { user: '42', date: '2026-03-02 09:00', price: '12.5' },
        'event:=order placed,userId=user,timestamp=date,properties.amount=price',
      ),
    ).toEqual({
      type: 'track',
      event: 'order placed',
      userId: '42',
      timestamp: '2026-03-02T09:00:00.000Z',
      properties: { amount: 12.5 },
    })
  })

  it('keeps ids and leading zeros as text and converts what looks like a number or boolean', () => {
    expect(
      message(
        { id: '007', zip: '00420', n: '1e3', b: 'TRUE', t: 'yes' },
        'userId=id,properties.zip=zip,properties.n=n,properties.b=b,properties.t=t',
      ),
    ).toMatchObject({ userId: '007', properties: { zip: '00420', n: 1000, b: true, t: 'yes' } })
  })

  it('converts a cell to the type in the map', () => {
    expect(message({ code: '12' }, 'properties.code=code:text')).toMatchObject({ properties: { code: '12' } })
    expect(message({ price: '12,50' }, 'properties.price=price:number')).toMatchObject({
      code: 'invalid_message',
      path: 'properties.price',
      message: expect.stringContaining('"12,50" is not a number'),
    })
    expect(message({ paid: 'yes' }, 'properties.paid=paid:boolean')).toMatchObject({ path: 'properties.paid' })
  })

  it('parses quoted names with commas, colons and equals signs', () => {
    expect(
      message({ 'price, net': '3', 'a=b:text': 'x' }, 'properties.p="price, net",properties.q="a=b:text"'),
    ).toMatchObject({
      properties: { p: 3, q: 'x' },
    })
  })

  it('nests the context but keeps a dotted property as one property', () => {
    expect(message({ team: 't1', v: 'x' }, 'context.groups.team=team,properties.a.b=v')).toMatchObject({
      context: { groups: { team: 't1' } },
      properties: { 'a.b': 'x' },
    })
  })

  it('omits fields that a row does not have', () => {
    expect(message({ user: 'u' }, 'userId=user,properties.amount=price')).toEqual({ type: 'track', userId: 'u' })
  })

  it('cannot pollute an object’s prototype', () => {
    const read = message({ v: 'x' }, 'properties.__proto__=v') as { properties: object }
    expect(Object.keys(read.properties)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  it.each([
    ['userid=u', 'Did you mean "userId"?'],
    ['amount=price', 'properties.amount'],
    ['userId', 'is not a mapping. Use TARGET=COLUMN'],
    ['properties.=x', 'no field "properties."'],
    ['userId=a,timestamp=b,userId=c', 'mapped twice'],
  ])('rejects %s', (map, sentence) => {
    expect(() => parseMap(map)).toThrow(sentence)
  })

  it('reports a missing column and suggests a similar one', () => {
    expect(missingColumn(parseMap('userId=usr'), ['user', 'date'])).toBe(
      'There is no column "usr". Did you mean "user"?',
    )
    expect(missingColumn(parseMap('event:=x,userId=user'), ['user'])).toBeUndefined()
    expect(missingColumn(parseMap('properties.amount=price:money'), ['price'])).toBe(
      '"money" is not a cell type. Use text, number, boolean.',
    )
  })
})
