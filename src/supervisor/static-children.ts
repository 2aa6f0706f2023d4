/**
 * The children that a static supervisor starts with: a list, or a function that makes one at every
 * start.
 *
 * Invariant: whatever the source, no list with a wrong child, a repeated id or a significant child
 * that means nothing gets as far as starting one of them.
 */
import { argumentError } from '../core/argument-error.ts'
import type { ChildSpec } from '../core/child-spec.ts'
import { show } from '../core/show.ts'
import type { AutoShutdown } from '../core/supervision.ts'
import type { MaybePromise } from '../gen-server/protocol.ts'
import { type Ignore, isIgnore } from '../gen-server/steps.ts'
import { Startable } from '../process/startable.ts'
import { childrenMax } from './child-table.ts'
import { andThen, type Work } from './hold.ts'

/**
 * Called at every start of the supervisor, restarts included, as the `init` of a server is; with
 * `ignore()` the supervisor does not start, without an error.
 */
export type MakeChildren = () => MaybePromise<readonly ChildSpec[] | Ignore>

/** The children of one start; undefined: the supervisor chose not to start. */
export type ChildSource = () => Work<readonly Startable[] | undefined>

/**
 * Makes a source of what a user gave; a list is checked now, what a function gives at every start.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_CHILD, FLOTILLA_DUPLICATE_CHILD
 */
export function childSource(
  attempted: string,
  autoShutdown: AutoShutdown,
  children: readonly ChildSpec[] | MakeChildren,
): ChildSource {
  if (typeof children !== 'function') {
    const specs = checkChildren(attempted, autoShutdown, children)
    return () => specs
  }
  return () => {
    return andThen(children(), (given) => {
      if (isIgnore(given)) return undefined
      return checkChildren(attempted, autoShutdown, given)
    })
  }
}

/** Refuses a child that could never be significant in this place. @throws ArgumentError */
export function checkSignificance(
  attempted: string,
  autoShutdown: AutoShutdown,
  spec: Startable,
): void {
  if (!spec.significant || autoShutdown !== 'never') return
  throw argumentError('invalid_child', {
    attempted,
    problem: `the child ${show(spec.id)} is significant, which means nothing here`,
    fix: 'set autoShutdown to "any_significant" or "all_significant"',
  })
}

function checkChildren(
  attempted: string,
  autoShutdown: AutoShutdown,
  children: unknown,
): readonly Startable[] {
  const ids = new Set<string>()
  return readList(attempted, children).map((given) => {
    const spec = Startable.check(attempted, given)
    if (ids.has(spec.id)) {
      throw argumentError('duplicate_child', {
        attempted,
        problem: `two children have the id ${show(spec.id)}`,
        fix: 'give one of them another id, as in child(server, arg, { id })',
      })
    }
    ids.add(spec.id)
    checkSignificance(attempted, autoShutdown, spec)
    return spec
  })
}

function readList(attempted: string, children: unknown): unknown[] {
  try {
    if (Array.isArray(children) && children.length <= childrenMax) return Array.from(children)
  } catch {
    // A revoked Proxy, or a trap that throws: no list.
  }
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'the list of children',
    given: children,
    wanted: `an array of at most ${childrenMax} child specifications`,
  })
}
