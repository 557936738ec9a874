// The dashboard: one card for each metric of the tree, and what to paste into a product.

const setup = JSON.parse(document.getElementById('setup').textContent)
const metrics = document.getElementById('metrics')
const state = document.getElementById('state')
const signIn = document.getElementById('sign-in')
const rejected = document.getElementById('rejected')

const STATE_EVERY_MS = 5_000
const EVENTS_EVERY_MS = 2_000
const ROWS = 8
let token = setup.token ?? sessionStorage.getItem('nsm-read-token')
/** Whether reports were answered when that was last asked. */
let answering = true
/** Which cards stand there, so that a changed tree shows and an unchanged one leaves them alone. */
let shown = ''

async function ask(path) {
  const answer = await fetch(path, { headers: { authorization: `Bearer ${token}` } })
  if (answer.status === 401 || answer.status === 403) return null
  if (!answer.ok) throw new Error((await answer.json()).message)
  return answer.json()
}

async function start() {
  if (!token) return show(signIn)
  try {
    const tree = await ask('/v1/tree')
    if (!tree) {
      if (sessionStorage.getItem('nsm-read-token')) rejected.textContent = 'The service does not know this token.'
      return show(signIn)
    }
    signIn.hidden = true
    render(tree)
    void watchEvents()
  } catch (error) {
    tell(error.message, true)
    setTimeout(start, 1_000)
  }
}

function show(element) {
  element.hidden = false
  element.querySelector('input')?.focus()
}

signIn.addEventListener('submit', (event) => {
  event.preventDefault()
  token = signIn.elements.namedItem('token').value.trim()
  sessionStorage.setItem('nsm-read-token', token)
  rejected.textContent = ''
  void start()
})

/** The cards of a tree, or of a report: both name the same metrics in the same order. */
function render({ product, northStar, guardrails, metrics: all }) {
  document.title = `${product} · North Star`
  document.getElementById('product').textContent = product
  const first = [...northStar, ...guardrails]
  const others = Object.keys(all).filter((id) => !first.includes(id))
  const titled = (ids) => ids.map((id) => [id, all[id].title])
  const layout = [titled(northStar), titled(others), titled(guardrails)]
  if (JSON.stringify(layout) === shown) return
  shown = JSON.stringify(layout)
  const [stars, inputs, limits] = layout
  metrics.replaceChildren(
    ...section('north-star', stars.length > 1 ? 'North star metrics' : 'North star metric', stars),
    ...section('inputs', 'Inputs', inputs, 'compact'),
    ...section('guardrails', 'Guardrails', limits, 'compact'),
  )
}

function section(name, title, entries, density) {
  if (entries.length === 0) return []
  const element = document.createElement('section')
  element.className = name
  const heading = document.createElement('h2')
  heading.textContent = title
  const cards = document.createElement('div')
  cards.className = 'cards'
  cards.append(...entries.map(([id, label]) => card(id, label, density)))
  element.append(heading, cards)
  return [element]
}

function card(id, label, density) {
  const element = document.createElement('nsm-card')
  element.token = token
  element.setAttribute('src', '/v1/report')
  element.setAttribute('metric', id)
  // Known before the first report is there.
  element.setAttribute('label', label)
  element.setAttribute('refresh', 'live')
  if (density) element.setAttribute('density', density)
  return element
}

// A changed tree file brings other metrics: the cards' own stream tells.
metrics.addEventListener('nsm-load', (event) => {
  if (event.report) render(event.report)
})

const latest = document.getElementById('latest')
const rejections = document.getElementById('rejections')
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
let events = ''
let groups = ''

/** The last events as they came, and what was rejected. */
async function watchEvents() {
  try {
    const [live, rejected] = await Promise.all([ask('/v1/live'), ask('/v1/rejected')])
    const seen = JSON.stringify(live.events.slice(-ROWS))
    if (seen !== events) {
      events = seen
      fill(latest, live.events.slice(-ROWS).reverse().map(eventRow))
    }
    const rejectedNow = JSON.stringify(rejected.groups)
    if (rejectedNow !== groups) {
      groups = rejectedNow
      fill(rejections, rejected.groups.slice(0, ROWS).map(rejectionRow))
    }
  } catch {
    // The state line says that the service does not answer.
  }
  setTimeout(watchEvents, EVENTS_EVERY_MS)
}

function fill(section, rows) {
  section.hidden = rows.length === 0
  section.querySelector('tbody').replaceChildren(...rows)
}

function eventRow({ receivedAt, name, userId, anonymousId, properties }) {
  return row([time.format(receivedAt)], [name], [userId || anonymousId], [JSON.stringify(properties)])
}

function rejectionRow({ last, count, message, path, code }) {
  return row([time.format(last)], [String(count), 'number'], [path ? `${path}: ${message}` : message, 'words'], [code])
}

function row(...cells) {
  const element = document.createElement('tr')
  for (const [text, className = ''] of cells) {
    const cell = document.createElement('td')
    cell.textContent = text
    cell.className = className
    element.append(cell)
  }
  return element
}

async function watch() {
  try {
    const health = await (await fetch('/readyz')).json()
    const trouble = health.journal.problem ?? health.store.problem ?? health.tree.problem
    // After a long outage the cards ask rarely. They share one report: one asks for all.
    if (health.ready && !answering) void metrics.querySelector('nsm-card')?.reload()
    answering = health.ready
    tell(trouble ?? 'Collecting', Boolean(trouble))
  } catch {
    answering = false
    tell('The service does not answer.', true)
  }
  setTimeout(watch, STATE_EVERY_MS)
}

function tell(text, trouble) {
  if (state.textContent !== text) state.textContent = text
  state.toggleAttribute('data-trouble', trouble)
}

function snippets() {
  const key = setup.writeKey ?? 'YOUR_WRITE_KEY'
  const sdk = setup.scripts['nsm.js']
  const cards = setup.scripts['nsm-card.js']
  const { origin } = location
  const event = JSON.stringify(setup.event ?? 'value_moment')
  const stub = setup.stub ? `<script>${setup.stub}</script>\n` : ''
  document
    .getElementById('snippets')
    .append(
      snippet(
        'Add this to your product’s pages, and call track where a customer gets value:',
        `${stub}<script async src="${origin}/nsm.js" data-write-key="${key}"></script>\n<script>nsm.track(${event})</script>`,
      ),
      snippet(
        'Show the card on any of your pages:',
        `<script type="module" src="${origin}/nsm-card.js"></script>\n<nsm-card src="${origin}/v1/report" refresh="live"></nsm-card>\n` +
          `<script>document.querySelector('nsm-card').token = '${setup.token ?? 'YOUR_READ_TOKEN'}'</script>`,
      ),
    )
  if (sdk && cards) document.getElementById('snippets').append(pinned(origin, key, sdk, cards))
}

/** The script tags that take exactly these files and no later ones. */
function pinned(origin, key, sdk, cards) {
  const details = document.createElement('details')
  const summary = document.createElement('summary')
  summary.textContent = 'Pin the scripts to this version, checked by the browser'
  details.append(
    summary,
    snippet(
      'After each upgrade of the service, paste these again:',
      `<script async src="${origin}/nsm.js?v=${sdk.version}" integrity="${sdk.integrity}" crossorigin data-write-key="${key}"></script>\n` +
        `<script type="module" src="${origin}/nsm-card.js?v=${cards.version}" integrity="${cards.integrity}" crossorigin></script>`,
    ),
  )
  return details
}

function snippet(says, code) {
  const element = document.createElement('div')
  element.className = 'snippet'
  const words = document.createElement('p')
  words.textContent = says
  const text = document.createElement('pre')
  text.tabIndex = 0
  text.textContent = code
  element.append(words)
  // Only pages of https and of this machine have a clipboard.
  if (navigator.clipboard) {
    const copy = document.createElement('button')
    copy.type = 'button'
    copy.textContent = 'Copy'
    copy.addEventListener('click', async () => {
      await navigator.clipboard.writeText(code)
      copy.textContent = 'Copied'
      setTimeout(() => {
        copy.textContent = 'Copy'
      }, 1_500)
    })
    element.append(copy)
  }
  element.append(text)
  return element
}

snippets()
void watch()
void start()
