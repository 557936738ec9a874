// Locks of folders, without the engine: a collector does not load it.
export { describeHolder, FileLock, type LockOptions } from './store/lock.js'
export { lockStore, type StoreLock } from './store/store-lock.js'
