// Storage that fails in the way the query asks for, as it does in private windows, full disks and locked profiles.
const refuse = (name) => () => {
  throw new DOMException('The test breaks this.', name)
}
const breaks = {
  'property-throws'() {
    for (const name of ['indexedDB', 'localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, { get: refuse('SecurityError') })
    }
  },
  'property-missing'() {
    Object.defineProperty(window, 'indexedDB', { value: undefined })
  },
  'open-throws'() {
    IDBFactory.prototype.open = refuse('SecurityError')
  },
  'open-fails'() {
    IDBFactory.prototype.open = () => {
      const request = new EventTarget()
      request.error = new DOMException('The test breaks this.', 'InvalidStateError')
      queueMicrotask(() => request.onerror?.(new Event('error')))
      return request
    }
  },
  'open-hangs'() {
    IDBFactory.prototype.open = () => new EventTarget()
  },
  'transaction-throws'() {
    IDBDatabase.prototype.transaction = refuse('InvalidStateError')
  },
  'write-throws'() {
    IDBObjectStore.prototype.put = refuse('DataError')
  },
  'read-throws'() {
    for (const name of ['get', 'getAll', 'getKey', 'getAllKeys', 'openCursor']) {
      IDBObjectStore.prototype[name] = refuse('UnknownError')
    }
  },
  'write-aborts'() {
    const put = IDBObjectStore.prototype.put
    IDBObjectStore.prototype.put = function (...args) {
      const request = put.apply(this, args)
      this.transaction.abort()
      return request
    }
  },
  'local-storage-full'() {
    Storage.prototype.setItem = refuse('QuotaExceededError')
  },
}
breaks[new URLSearchParams(location.search).get('break')]()
