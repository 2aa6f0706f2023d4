/**
 * The far end of a socket, in an OS process of its own so that only the near end can be late.
 *
 * Started by responsive.ts with the port as its argument. Once connected it says `ready`; then it
 * sends one numbered line after the other, each a millisecond after the last came back. For every
 * message from its parent it tells how long its lines took since the last one.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the client tells its parent. */
export interface Echoes {
  readonly sent: number
  /** Milliseconds until each line had come back as it was sent, or so far. */
  readonly tookMs: readonly number[]
}

const pauseMs = 1

const socket = connect(Number(process.argv[2]), '127.0.0.1').setNoDelay(true)
await once(socket, 'connect')
const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
let tookMs: number[] = []
let wrong = 0
let onItsWaySince: number | undefined

process.on('message', () => {
  // A line that is kept waiting must not be overlooked because the question came before it did.
  const waitedMs = onItsWaySince === undefined ? [] : [performance.now() - onItsWaySince]
  const all = [...tookMs, ...waitedMs]
  process.send?.({ sent: all.length + wrong, tookMs: all } satisfies Echoes)
  tookMs = []
  wrong = 0
})
process.on('disconnect', () => process.exit(0))
process.send?.('ready')

for (let number = 0; ; number += 1) {
  const beganAt = performance.now()
  onItsWaySince = beganAt
  socket.write(`${number}\n`)
  const { value, done } = await lines.next()
  if (done === true) break
  onItsWaySince = undefined
  if (value === String(number)) tookMs.push(performance.now() - beganAt)
  else wrong += 1
  await sleep(pauseMs)
}
