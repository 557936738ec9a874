// What libraries have done to the pages they share: Prototype.js, Datejs, an old polyfill, a wrapped fetch.
Array.prototype.toJSON = function () {
  return `[${this.map((item) => JSON.stringify(item)).join(', ')}]`
}
const written = Date.prototype.toISOString
Date.prototype.toISOString = function () {
  return `"${written.call(this)}"`
}
Object.prototype.extend = () => {}
Array.prototype.remove = () => {}

const Native = Promise
function OldPromise(run) {
  return Object.setPrototypeOf(new Native(run), OldPromise.prototype)
}
OldPromise.prototype = Object.create(Native.prototype)
OldPromise.resolve = (value) => new OldPromise((resolve) => resolve(value))
OldPromise.all = (all) => Native.all(all)
window.Promise = OldPromise

const send = window.fetch
window.fetch = (...call) => send(...call).then((response) => response)
