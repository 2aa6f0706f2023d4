/**
 * A beacon: sends numbers to the next node for as long as it lives, over one link after the other.
 *
 * Invariant: what arrives on one link are the numbers from 1 on, with none missing and none twice.
 */
import { defineServer, next } from 'flotilla'
import { always, type Link, sometimes, type Transport } from 'flotilla/testing'

/** Where a beacon sends to. */
export interface BeaconStart {
  readonly transport: Transport
  readonly peer: string
}

interface Beacon extends BeaconStart {
  readonly link: Link | undefined
  readonly sent: number
}

const sendMs = 1000

/** Sends a number a second. */
export const Beacon = defineServer({
  name: 'beacon',
  init: (start: BeaconStart, context): Beacon => {
    context.after(sendMs, 'send')
    return { ...start, link: undefined, sent: 0 }
  },
  casts: {
    async send(beacon, _payload: void, context) {
      context.after(sendMs, 'send')
      const { transport, peer, link, sent } = beacon
      if (link === undefined) {
        const made = await connected(transport, peer)
        if (made !== undefined) context.signal.addEventListener('abort', () => made.close())
        return next({ ...beacon, link: made, sent: 0 })
      }
      const outcome = link.send(numbered(sent + 1))
      sometimes('a link goes down under a beacon', outcome === 'down')
      if (outcome === 'down') return next({ ...beacon, link: undefined })
      return next(outcome === 'ok' ? { ...beacon, sent: sent + 1 } : beacon)
    },
  },
})

/** Takes what beacons send, and says what must be so of it. */
export function hearBeacons(transport: Transport): void {
  transport.listen((link) => {
    let heard = 0
    link.onFrame((frame) => {
      const number = new DataView(frame.buffer, frame.byteOffset).getUint32(0)
      always(number === heard + 1, `frame ${number} of a link came after frame ${heard}`)
      heard = number
    })
  })
}

async function connected(transport: Transport, peer: string): Promise<Link | undefined> {
  try {
    return await transport.connect(peer)
  } catch {
    return undefined // nobody listens there now; the next tick tries again
  }
}

function numbered(value: number): Uint8Array {
  const frame = new Uint8Array(4)
  new DataView(frame.buffer).setUint32(0, value)
  return frame
}
