import type { Entity } from '../../plan/plan.js'
import { dataPath } from '../../store/path.js'
import { fromJson, idText, valueAt } from './value.js'

/** SQL for an entity's id in an event, `''` where it has none; of `user` before links are looked at. */
export function entityId(entity: Entity): string {
  switch (entity.id) {
    case 'user':
      return "if(userId != '', userId, anonymousId)"
    case 'userId':
      return 'userId'
    case 'anonymousId':
      return 'anonymousId'
    case 'groupId':
      return `if(type = 'group', otherId, '')`
  }
  const [root, ...keys] = entity.id.split('.') as [string, ...string[]]
  if (root === 'context') return idText(valueAt(dataPath('c', keys)))
  const [name, ...inner] = keys as [string, ...string[]]
  const path = dataPath('p', [name])
  const id = idText(inner.length === 0 ? valueAt(path) : fromJson(valueAt(path).odd, inner))
  return root === 'traits' ? `if(type IN ('identify', 'group'), ${id}, '')` : id
}
