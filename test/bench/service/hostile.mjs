// Opens sockets that never finish a request, and opens each again when it is closed. Runs as a process of its own:
//   node hostile.mjs PORT SOCKETS ADDRESSES
import { connect } from 'node:net'
import process from 'node:process'

const [port, count, addresses] = process.argv.slice(2).map(Number)
const head = 'POST /v1/batch HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\n'
/** What each kind sends at once; the last goes on with one byte per second. */
const KINDS = [
  '',
  head,
  `${head}content-length: 60000\r\n\r\n${'x'.repeat(30_000)}`,
  `${head}content-length: 60000\r\n\r\n`,
]

const totals = { opened: 0, closed: 0 }
for (let i = 0; i < count; i++) setTimeout(open, (i / count) * 2_000, i)
setInterval(() => process.send?.(totals), 500)

function open(i) {
  const kind = i % KINDS.length
  const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (i % addresses)}` })
  let dribble
  socket.on('connect', () => {
    totals.opened++
    socket.write(KINDS[kind])
    if (kind === KINDS.length - 1) dribble = setInterval(() => socket.write('x'), 1_000)
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    totals.closed++
    clearInterval(dribble)
    setTimeout(open, 1_000, i)
  })
  socket.resume()
}
