/**
 * The port to other nodes: connections that carry frames.
 *
 * Invariant: the frames of one direction of a link arrive in the order in which they were sent,
 * each at most once and unchanged, and none is missing before one that arrives. What was sent
 * before the link went down may be lost; nothing arrives after `onDown`. Deliberately absent:
 * names, retries and encryption, which are the business of whoever uses or implements it.
 */

/** What a frame handler gets. */
export type FrameListener = (frame: Uint8Array) => void

/** One connection between two nodes; both ends have a link. */
export interface Link {
  /** The node at the other end. */
  readonly peer: string
  /**
   * Sends a frame. It is copied or written before this returns, so the caller may reuse it.
   *
   * @returns `full` if too much waits to be sent: nothing was taken, try again later; `down` if the
   * link is down
   */
  send(frame: Uint8Array): 'ok' | 'full' | 'down'
  /** Says who gets the frames; those that came before wait for it. Only one: the last. */
  onFrame(listener: FrameListener): void
  /**
   * Says who hears, once, that the link is down, unless this end was closed; also if it is so
   * already. Only one: the last.
   */
  onDown(listener: (reason: string) => void): void
  /** Takes the link down; what was sent before may be lost. Doing so twice does nothing. */
  close(): void
}

/** The door of one node to the others. */
export interface Transport {
  /**
   * Accepts connections from now on.
   *
   * @returns what stops accepting; links that are up stay so
   */
  listen(onLink: (link: Link) => void): { close(): void }
  /**
   * Connects to a node.
   *
   * @throws Error (as a rejection) if nobody listens there, or no answer comes in time
   */
  connect(peer: string): Promise<Link>
}
