import type { Core } from './core.js'
import type { Properties } from './types/events.js'

type Put = Core['put']

/** Each makes one of a tracker's calls, apart from the others, so that a bundle has only those it uses. */

export const createPage =
  (put: Put) =>
  (name?: string, properties: Properties = {}) =>
    put({ type: 'page', name, properties })

export const createIdentify = (put: Put) => (userId: string, traits?: Properties) =>
  put({ type: 'identify', traits }, { userId })

export const createGroup = (put: Put) => (type: string, id?: string, traits?: Properties) =>
  put(
    { type: 'group', groupId: id || type, ...(id && { groupType: type }), traits },
    id ? { groups: { [type]: id } } : { groupId: type },
  )

export const createAlias = (put: Put) => (userId: string) => put({ type: 'alias', userId })
