import type { Core } from './core.js'
import type { Properties } from './types/events.js'

type Put = Core['put']

/** Each makes one of a tracker's calls, apart from the others, so that a bundle has only those it uses. */

export const createPage =
  (put: Put) =>
  (name?: string, properties: Properties = {}) =>
    put({ type: 'page', name, properties })

export const createIdentify = (put: Put) => (userId: string, traits?: Properties) =>
  put({ type: 'identify', traits }, {}, { userId }, [userId])

export const createGroup =
  (put: Put) =>
  (type: string, ...rest: [id?: string, traits?: Properties]) => {
    const [id, traits] = rest
    // An account of a type whose id is missing is a mistake, not the account without a type.
    return rest.length
      ? put({ type: 'group', groupId: id, groupType: type, traits }, {}, { groups: { [type]: id! } }, [type, id])
      : put({ type: 'group', groupId: type }, {}, { groupId: type }, [type])
  }

export const createAlias = (put: Put) => (userId: string) => put({ type: 'alias', userId }, {}, {}, [userId])
