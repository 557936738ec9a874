import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'

/**
 * Reads what `git log --shortstat` (or `--stat`) prints and yields one Segment message for each commit.
 *
 * The author is the user, known by a hash of the e-mail address: the same person is the same user in every run, and no
 * name, address or message text leaves the log. A hash is a pseudonym, not anonymity: who has the log can tell who is who.
 *
 * @param {AsyncIterable<Uint8Array>} input the log's text, UTF-8
 */
export async function* eventsOfLog(input) {
  let commit
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const start = /^commit ([0-9a-f]{7,64})\b/.exec(line)
    if (start) {
      if (commit) yield toMessage(commit)
      commit = { hash: start[1], email: '', authored: '', committed: '', merge: false, files: 0, added: 0, removed: 0 }
    } else if (commit) {
      readLine(commit, line)
    }
  }
  if (commit) yield toMessage(commit)
}

/** A commit's message is indented by four spaces, so none of these can stand in it. */
function readLine(commit, line) {
  const field = /^(Merge|Author|Date|AuthorDate|CommitDate): +(.*)$/.exec(line)
  if (field) {
    const [, name, value] = field
    if (name === 'Merge') commit.merge = true
    else if (name === 'Author') commit.email = /<([^<>]*)>$/.exec(value)?.[1] || value
    else if (name === 'CommitDate') commit.committed = value
    else commit.authored = value
    return
  }
  const total = /^ (\d+) files? changed(?:, (\d+) insertions?\(\+\))?(?:, (\d+) deletions?\(-\))?$/.exec(line)
  if (!total) return
  commit.files = Number(total[1])
  commit.added = Number(total[2] ?? 0)
  commit.removed = Number(total[3] ?? 0)
}

function toMessage({ hash, email, authored, committed, merge, files, added, removed }) {
  const timestamp = new Date(authored).toISOString()
  return {
    type: 'track',
    event: 'commit',
    messageId: hash,
    userId: createHash('sha256').update(email.trim().toLowerCase()).digest('hex').slice(0, 16),
    timestamp,
    // A commit is known to others from when it was committed; without that date, from when it was written.
    receivedAt: committed ? new Date(committed).toISOString() : timestamp,
    properties: { merge, files, added, removed, lines: added + removed },
  }
}
