/**
 * The process that stands for something the node owns (a registry, a table) in a supervision tree.
 *
 * Invariant: what is anchored belongs to the node; if the anchor is killed its supervisor starts
 * another one and nothing is lost meanwhile.
 */
import type { ChildType } from '../core/child-spec.ts'
import { end } from '../process/dying.ts'
import type { Envelope } from '../process/envelope.ts'
import type { NodeRuntime } from '../process/node-runtime.ts'
import type { InitResult, Process } from '../process/process.ts'
import { type StartOutcome, spawn } from '../process/spawn.ts'
import { Binding, type Bound } from './binding.ts'

/** What is anchored. */
export interface Anchored {
  readonly label: string
  readonly type: ChildType
  /** Ties it to the node; throws if that cannot be. */
  attach(node: NodeRuntime): void
  /** Its supervisor has stopped it in order. */
  stopped(): void
}

/** Starts anchors, one at a time. */
export class Anchor {
  readonly #anchored: Anchored
  readonly #binding: Binding<AnchorBehaviour>

  /** @param what the handle in words, such as `registry "users"` */
  constructor(what: string, anchored: Anchored) {
    this.#anchored = anchored
    this.#binding = new Binding(what)
  }

  start(parent: Process, record: unknown): StartOutcome | Promise<StartOutcome> {
    const behaviour = new AnchorBehaviour(this.#anchored)
    return this.#binding.start(behaviour, () => {
      return spawn({ node: parent.node, parent, behaviour, argument: undefined, record })
    })
  }
}

const nothing: ReadonlySet<string> = new Set()

class AnchorBehaviour implements Bound {
  readonly label: string
  readonly type: ChildType
  readonly maxMailboxSize = 1024
  readonly calls = nothing
  readonly casts = nothing
  process: Process | undefined = undefined
  readonly #anchored: Anchored

  constructor(anchored: Anchored) {
    this.label = anchored.label
    this.type = anchored.type
    this.#anchored = anchored
  }

  init(process: Process): InitResult {
    this.process = process
    process.trapping = true
    this.#anchored.attach(process.node)
    return { kind: 'running' }
  }

  receive(process: Process, envelope: Envelope): void {
    if (envelope.kind !== 'exit' || envelope.signal?.from !== process.parent?.pid) return
    if (envelope.signal === undefined) return
    this.#anchored.stopped()
    end(process, envelope.signal.reason)
  }
}
