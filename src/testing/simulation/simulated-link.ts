/**
 * One direction of a connection between two simulated nodes, and the ends of the connection.
 *
 * Invariant: where the network promises order, frames arrive in the order of sending, each once and
 * none before an earlier one; after its end has heard that the link is down, nothing arrives.
 */
import type { FrameListener, Link } from '../../process/transport.ts'
import type { Engine } from './engine.ts'
import type { Lane } from './lane.ts'

/** What a direction asks of its network. */
export interface Wire {
  readonly engine: Engine
  readonly promises: 'order' | 'nothing'
  readonly linkTimeoutMs: number
  readonly maxQueuedBytes: number
  /** How long a frame travels, losses included; undefined if it is lost for good. */
  travelUs(): number | undefined
  /** How many copies of a frame arrive. */
  copies(): number
  /** Until when nothing passes from one node to another; 0 if it does. */
  blockedUntilUs(from: string, to: string): number
  tell(kind: 'frame_sent' | 'frame_delivered' | 'frame_lost', frame: FrameNote): void
}

/** One frame, for events. */
export interface FrameNote {
  readonly from: string
  readonly to: string
  readonly link: number
  readonly frame: number
  readonly bytes: number
}

/** What travels: a frame, or the word that the other end is gone. */
interface Parcel {
  readonly note: FrameNote
  readonly frame: Uint8Array | undefined
  readonly sentUs: number
  arrivalUs: number
}

/** One end of a connection. */
export class LinkEnd implements Link {
  readonly peer: string
  readonly #lane: Lane
  readonly #within: (work: () => void) => void
  readonly #early: Uint8Array[] = []
  #listener: FrameListener | undefined = undefined
  #onDown: ((reason: string) => void) | undefined = undefined
  #downReason: string | undefined = undefined
  #state: 'up' | 'down' | 'closed' = 'up'
  #out: Direction | undefined = undefined

  /**
   * @param lane of the node that has this end
   * @param within runs its listeners as code of that node
   */
  constructor(peer: string, lane: Lane, within: (work: () => void) => void) {
    this.peer = peer
    this.#lane = lane
    this.#within = within
  }

  get isUp(): boolean {
    return this.#state === 'up'
  }

  /** Says where its frames go. */
  connect(out: Direction): void {
    this.#out = out
  }

  send(frame: Uint8Array): 'ok' | 'full' | 'down' {
    if (!(frame instanceof Uint8Array)) throw new TypeError('a frame is a Uint8Array')
    if (this.#state !== 'up' || this.#out === undefined) return 'down'
    return this.#out.send(frame.slice())
  }

  onFrame(listener: FrameListener): void {
    this.#listener = listener
    for (const frame of this.#early.splice(0)) this.#hand(frame)
  }

  onDown(listener: (reason: string) => void): void {
    this.#onDown = listener
    this.#tellDown()
  }

  close(): void {
    if (this.#state !== 'up') return
    this.#state = 'closed'
    this.#out?.finish()
  }

  /** Its node is gone: nobody hears anything any more. */
  abandon(): void {
    this.close()
    this.#state = 'closed'
  }

  /** A frame has arrived. */
  receive(frame: Uint8Array): void {
    if (this.#state !== 'up') return
    if (this.#listener === undefined) this.#early.push(frame)
    else this.#hand(frame)
  }

  /** The link is down. */
  fail(reason: string): void {
    if (this.#state !== 'up') return
    this.#state = 'down'
    this.#downReason = reason
    this.#out?.stop()
    this.#tellDown()
  }

  #hand(frame: Uint8Array): void {
    this.#lane.push(() => {
      if (this.#state === 'closed') return
      const listener = this.#listener
      if (listener !== undefined) this.#within(() => listener(frame))
    })
  }

  #tellDown(): void {
    const reason = this.#downReason
    if (reason === undefined || this.#onDown === undefined) return
    this.#downReason = undefined
    this.#lane.push(() => {
      if (this.#state !== 'closed') this.#within(() => this.#onDown?.(reason))
    })
  }
}

/** What goes from one end to the other. */
export class Direction {
  readonly #wire: Wire
  readonly #head: Pick<FrameNote, 'from' | 'to' | 'link'>
  /** Where nobody is held up: the fabric of the network itself. */
  readonly #fabric: Lane
  readonly #sender: LinkEnd
  readonly #receiver: LinkEnd
  #queue: Parcel[] = []
  #queuedBytes = 0
  #frames = 0
  #lastArrivalUs = 0

  constructor(
    wire: Wire,
    head: Pick<FrameNote, 'from' | 'to' | 'link'>,
    ends: { readonly fabric: Lane; readonly sender: LinkEnd; readonly receiver: LinkEnd },
  ) {
    this.#wire = wire
    this.#head = head
    this.#fabric = ends.fabric
    this.#sender = ends.sender
    this.#receiver = ends.receiver
  }

  /** Whether nothing is on its way, and nothing will be. */
  get isOver(): boolean {
    return !this.#sender.isUp && this.#queue.length === 0
  }

  send(frame: Uint8Array): 'ok' | 'full' {
    const { maxQueuedBytes, promises } = this.#wire
    const bytes = frame.byteLength
    if (this.#queuedBytes > 0 && this.#queuedBytes + bytes > maxQueuedBytes) return 'full'
    this.#frames += 1
    const note = { ...this.#head, frame: this.#frames, bytes }
    this.#wire.tell('frame_sent', note)
    if (promises === 'order') this.#enqueue(note, frame)
    else for (let copy = this.#wire.copies(); copy > 0; copy -= 1) this.#throw(note, frame)
    return 'ok'
  }

  /** The sending end was closed: the other one hears of it after everything that was sent. */
  finish(): void {
    this.#enqueue({ ...this.#head, frame: 0, bytes: 0 }, undefined)
  }

  /** What has not arrived never does. */
  stop(): void {
    for (const { note, frame } of this.#queue) {
      if (frame !== undefined) this.#wire.tell('frame_lost', note)
    }
    this.#queue = []
    this.#queuedBytes = 0
  }

  /** Something has changed on the way. */
  flush(): void {
    const { engine } = this.#wire
    const blockedUs = this.#wire.blockedUntilUs(this.#head.from, this.#head.to)
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      const dueUs = Math.max(first.arrivalUs, blockedUs)
      if (dueUs > engine.nowUs) {
        engine.at(dueUs, this.#fabric, () => this.flush())
        return
      }
      this.#queue.shift()
      this.#queuedBytes -= first.note.bytes
      this.#arrive(first)
    }
  }

  #enqueue(note: FrameNote, frame: Uint8Array | undefined): void {
    const { engine, linkTimeoutMs } = this.#wire
    const nowUs = engine.nowUs
    const travelUs = this.#wire.travelUs() ?? 0
    const arrivalUs = Math.max(this.#lastArrivalUs, nowUs + travelUs)
    this.#lastArrivalUs = arrivalUs
    const parcel = { note, frame, sentUs: nowUs, arrivalUs }
    this.#queue.push(parcel)
    this.#queuedBytes += note.bytes
    engine.at(arrivalUs, this.#fabric, () => this.flush())
    if (frame === undefined) return
    engine.at(nowUs + linkTimeoutMs * 1000, this.#fabric, () => {
      if (this.#queue.includes(parcel)) this.#giveUp()
    })
  }

  /** Nothing has come back for too long. */
  #giveUp(): void {
    this.stop()
    this.#sender.fail('timeout')
    // The other end hears of it when something gets through again.
    this.finish()
  }

  #throw(note: FrameNote, frame: Uint8Array): void {
    const { engine } = this.#wire
    const travelUs = this.#wire.travelUs()
    const isCut = this.#wire.blockedUntilUs(note.from, note.to) > engine.nowUs
    if (travelUs === undefined || isCut) {
      this.#wire.tell('frame_lost', note)
      return
    }
    const parcel = { note, frame, sentUs: engine.nowUs, arrivalUs: 0 }
    engine.after(travelUs, this.#fabric, () => this.#arrive(parcel))
  }

  #arrive({ note, frame }: Parcel): void {
    if (frame === undefined) {
      this.#receiver.fail('closed by the other end')
      return
    }
    if (!this.#receiver.isUp) {
      this.#wire.tell('frame_lost', note)
      return
    }
    this.#wire.tell('frame_delivered', note)
    this.#receiver.receive(frame)
  }
}
