// The product's own script: starts the tracker and writes down what it says.
const wanted = new URLSearchParams(location.search)

window.told = []
for (const outcome of ['sent', 'retry', 'rejected', 'dropped', 'storage', 'ignored']) {
  nsm.on(outcome, ({ ids = [], reason, status, wait }) => {
    const line = { outcome, ids, reason, status, wait }
    window.told.push(line)
    // A loss counts as told when it was told to somebody; the page itself may be gone before anybody asks it.
    if (outcome === 'dropped' || outcome === 'rejected' || outcome === 'ignored') {
      fetch('/told', { method: 'POST', body: JSON.stringify(line) }).catch(() => {})
    }
  })
}
document.addEventListener('securitypolicyviolation', ({ violatedDirective }) => {
  window.told.push({ outcome: 'violation', ids: [], reason: violatedDirective })
})
addEventListener('pageshow', ({ persisted }) => {
  window.persisted = persisted
})

window.trackMany = (from, count, bytes = 0) =>
  Array.from({ length: count }, (_, i) =>
    nsm.track('value_moment', { n: from + i, ...(bytes > 0 && { filling: 'x'.repeat(bytes) }) }),
  )

nsm.init({
  writeKey: 'wk_test',
  endpoint: wanted.get('collector'),
  ...(wanted.has('consent') && { consent: wanted.get('consent') }),
})

// Pages that nobody can reach into (frames, prerendered pages) track by themselves and say what.
async function trackAlone() {
  const { prerendering } = document
  const from = Number(wanted.get('from'))
  const said = { from, prerendering, ids: window.trackMany(from, Number(wanted.get('track'))) }
  if (prerendering) {
    // However long it takes until the page is shown, nothing may happen.
    await new Promise((resolve) => setTimeout(resolve, 20_000))
    said.stored = [...(await indexedDB.databases()).map(({ name }) => name), ...Object.keys(localStorage)]
  }
  fetch('/tracked', { method: 'POST', body: JSON.stringify(said) })
}
if (wanted.has('track')) trackAlone()
