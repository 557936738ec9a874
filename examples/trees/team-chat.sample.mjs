// Made-up history for team-chat.json, as Segment messages, one per line: a team chat that grows for 30 weeks.
// The same arguments give the same events, so importing it twice changes nothing.
//
//   node examples/trees/team-chat.sample.mjs | npx nsm import - --store file:sample
//
// Arguments: the last instant (default: now, to the hour), the number of weeks (default: 30).

const HOUR = 3_600_000
const DAY = 24 * HOUR
const WEEK = 7 * DAY

const until = process.argv[2] ? Date.parse(process.argv[2]) : Math.floor(Date.now() / HOUR) * HOUR
const weeks = Number(process.argv[3] ?? 30)
const from = until - weeks * WEEK

// Mulberry32: small, seeded, good enough to make up a history.
let seed = 20260105
function random() {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const among = (list) => list[Math.floor(random() * list.length)]
const chance = (probability) => random() < probability

/** An instant in the given day of UTC that people of America's west coast are awake in, weekends quieter. */
const awake = (day) => day + (15 + random() * 10) * HOUR
const share = (day) => ([0, 6].includes(new Date(day).getUTCDay()) ? 0.25 : 1)

// Who reads may have seen enough.
process.stdout.on('error', () => process.exit())

let lines = []
let written = 0
function write(time, message, team) {
  if (time < from || time >= until) return
  const at = new Date(time).toISOString()
  const id = `sample-${(written++).toString(36)}`
  lines.push(
    JSON.stringify({ messageId: id, timestamp: at, receivedAt: at, context: { groupId: team.id }, ...message }),
  )
  if (lines.length === 1_000) flush()
}
function flush() {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
  lines = []
}

const track = (time, event, userId, properties, team) =>
  write(time, { type: 'track', event, userId, properties: { plan: team.plan, ...properties } }, team)

function newTeam(number, day) {
  const seats = Math.max(2, Math.round(Math.exp(1.8 + 0.8 * normal())))
  const team = {
    id: `team-${number}`,
    plan: 'free',
    seats,
    members: Array.from({ length: seats }, (_, i) => `person-${number}-${i}`),
    channels: Array.from({ length: 1 + Math.floor(seats / 3) }, (_, i) => `channel-${number}-${i}`),
    /** Messages on a working day. */
    rate: Math.exp(1.5 + 0.7 * normal()),
    talks: true,
  }
  track(awake(day) - HOUR, 'workspace_created', team.members[0], { seats }, team)
  for (let invited = 1; invited < Math.min(seats, 6); invited++) {
    track(awake(day), 'invite_sent', team.members[0], {}, team)
    if (chance(0.62)) track(awake(day) + HOUR, 'invite_accepted', team.members[invited], {}, team)
  }
  return team
}

const teams = []
for (let day = Math.floor(from / DAY) * DAY; day < until; day += DAY) {
  // Teams bring teams: growth compounds.
  const created = share(day) * 0.0135 * teams.filter((team) => team.talks).length
  for (let n = created; chance(n); n--) teams.push(newTeam(teams.length, day))
  // At the start the product already has its first customers.
  if (teams.length < 60) for (let n = 0; n < 60; n++) teams.push(newTeam(teams.length, day))

  for (const team of teams) {
    if (new Date(day).getUTCDay() === 1) {
      if (team.talks ? chance(0.03) : chance(0.06)) team.talks = !team.talks
      if (team.plan === 'free' && team.talks && team.rate > 4 && chance(0.05)) {
        team.plan = team.seats > 20 ? 'enterprise' : 'pro'
        track(awake(day), 'subscription_changed', team.members[0], { mrr: team.seats * 8 }, team)
      }
    }
    if (!team.talks) continue
    const messages = Math.round(team.rate * share(day) * Math.exp(0.35 * normal()))
    for (let n = 0; n < messages; n++) {
      const properties = {
        channel_id: among(team.channels),
        seats: team.seats,
        latency_ms: Math.round(Math.exp(4.6 + 0.5 * normal())),
      }
      if (chance(0.08)) properties.bot = true
      const time = awake(day)
      track(time, 'message_sent', among(team.members), properties, team)
      if (chance(0.0004)) track(time + HOUR / 4, 'message_reported', among(team.members), { reason: 'spam' }, team)
    }
    if (chance(0.002)) track(awake(day), 'notifications_muted', among(team.members), {}, team)
  }
}
flush()
