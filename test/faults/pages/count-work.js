// Counts what the tracker does by itself: timers that are armed, writes to storage. A driver's own timers are not its.
window.work = { armed: new Set(), writes: 0 }
for (const [set, clear, once] of [
  ['setTimeout', 'clearTimeout', true],
  ['setInterval', 'clearInterval', false],
  ['requestAnimationFrame', 'cancelAnimationFrame', true],
  ['requestIdleCallback', 'cancelIdleCallback', true],
]) {
  const realSet = window[set]
  const realClear = window[clear]
  window[set] = (run, ...rest) => {
    const id = realSet(
      (...args) => {
        if (once) window.work.armed.delete(`${set} ${id}`)
        run(...args)
      },
      ...rest,
    )
    if (new Error().stack.includes('/nsm.js')) window.work.armed.add(`${set} ${id}`)
    return id
  }
  window[clear] = (id) => {
    window.work.armed.delete(`${set} ${id}`)
    realClear(id)
  }
}
for (const [owner, names] of [
  [IDBObjectStore.prototype, ['put', 'add', 'delete', 'clear']],
  [Storage.prototype, ['setItem', 'removeItem']],
]) {
  for (const name of names) {
    const real = owner[name]
    owner[name] = function (...args) {
      window.work.writes++
      return real.apply(this, args)
    }
  }
}
