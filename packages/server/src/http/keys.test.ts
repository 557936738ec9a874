import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createKeyring, presentedKey } from './keys.js'

describe('a keyring', () => {
  it('has the development keys on this machine, and says which', () => {
    const keys = createKeyring({}, '127.0.0.1')
    expect(keys.development).toEqual(['write', 'read', 'secret'])
    expect([keys.kindOf('wk_dev'), keys.kindOf('rt_dev'), keys.kindOf('sk_dev')]).toEqual(['write', 'read', 'secret'])
  })

  it('has no key that everybody knows once one is given: a proxy may stand in front', () => {
    const keys = createKeyring({ writeKeys: ['wk_own'], readTokens: ['rt_own'] }, '127.0.0.1')
    expect(keys.development).toEqual([])
    expect([keys.kindOf('wk_own'), keys.kindOf('rt_own')]).toEqual(['write', 'read'])
    expect([keys.kindOf('wk_dev'), keys.kindOf('rt_dev'), keys.kindOf('sk_dev')]).toEqual([null, null, null])
  })

  it.each([
    ['0.0.0.0', {}],
    ['0.0.0.0', { writeKeys: ['wk_own'] }],
    ['192.168.1.2', { writeKeys: ['wk_dev'], readTokens: ['rt_own'] }],
    ['::', { writeKeys: ['wk_own'], readTokens: ['rt_dev'] }],
  ])('rejects %s with keys that are missing or known to everybody', (host, options) => {
    expect(() => createKeyring(options, host)).toThrowError(expect.objectContaining({ code: 'keys_required' }))
  })

  it('has no secret key on another address unless one is given', () => {
    const keys = createKeyring({ writeKeys: ['wk_own'], readTokens: ['rt_own'] }, '0.0.0.0')
    expect(keys.kindOf('sk_dev')).toBeNull()
  })

  it('takes hashes in place of keys', () => {
    const hash = createHash('sha256').update('rt_own').digest('hex')
    const keys = createKeyring({ writeKeys: ['wk_own'], readTokens: [`sha256:${hash}`] }, '0.0.0.0')
    expect(keys.kindOf('rt_own')).toBe('read')
    expect(keys.kindOf(`sha256:${hash}`)).toBeNull()
  })
})

describe('a presented key', () => {
  it.each([
    ['Bearer rt_a', 'rt_a'],
    ['bearer rt_a', 'rt_a'],
    [`Basic ${Buffer.from('wk_a:').toString('base64')}`, 'wk_a'],
    [`Basic ${Buffer.from(':').toString('base64')}`, null],
    ['Digest x', null],
    ['', null],
  ])('%s is %s', (authorization, key) => {
    expect(presentedKey({ authorization })).toBe(key)
  })
})
