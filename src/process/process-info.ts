/**
 * What people may know of a living process: who it is, what it does, whom it is tied to.
 *
 * Invariant: a snapshot of plain frozen data, taken in one step; it runs no code of a user and
 * shows neither the state of a process nor what it is sent.
 * Source: Erlang `erlang:process_info/2`.
 */
import type { Key } from '../core/key.ts'
import type { Pid } from '../core/pid.ts'
import { linkedTo } from './links.ts'
import { ancestorsOf, callersOf, starterOf } from './origins.ts'
import type { Process } from './process.ts'
import { checkPid } from './signals.ts'

/**
 * What a process is at: its `init`, a message (or it is about to), nothing, nothing because it was
 * suspended, or its last words.
 */
export type ProcessStatus = 'starting' | 'running' | 'waiting' | 'suspended' | 'terminating'

/** A living process as an operator sees it. */
export interface ProcessInfo {
  readonly pid: Pid
  /** The name of its server, supervisor, fleet or table. */
  readonly server: string
  /** What it calls itself, if it said so with `context.setLabel`. */
  readonly label: Key | undefined
  readonly status: ProcessStatus
  /** The kind and name of the message in hand, never its payload. */
  readonly currentMessage: string | undefined
  /** Messages that wait. */
  readonly mailboxSize: number
  /** Whether exit signals are messages to it. */
  readonly trapping: boolean
  /** The names it holds, oldest first. */
  readonly names: readonly { readonly registry: string; readonly key: Key }[]
  /** Who started it; it may have ended. */
  readonly parent: Pid | undefined
  /** The parent, its parent and so on, as far as they are known. */
  readonly ancestors: readonly Pid[]
  /** On whose behalf it runs, nearest first; tasks have that. */
  readonly callers: readonly Pid[]
  /** Whom it is linked to, its parent and its children included. */
  readonly links: readonly Pid[]
  /** Whom it monitors, once for each monitor. */
  readonly monitors: readonly Pid[]
  /** Who monitors it, once for each monitor. */
  readonly monitoredBy: readonly Pid[]
}

/**
 * Looks into a living process, for operators and tests. Not for decisions of a program: what it
 * says may be over a moment later.
 *
 * @returns a snapshot, or undefined if that process has ended
 * @throws ArgumentError FLOTILLA_INVALID_ADDRESS, also for a via: look the name up first
 *
 * Source: Elixir `Process.info/1`.
 */
export function processInfo(pid: Pid): ProcessInfo | undefined {
  const process = checkPid('look into a process', pid)
  return process === undefined ? undefined : infoOf(process)
}

function infoOf(process: Process): ProcessInfo {
  const extras = process.extrasIfAny
  const watchers: Pid[] = []
  extras?.watchers?.each(({ watcher }) => {
    if (watcher !== undefined) watchers.push(watcher.pid)
  })
  return Object.freeze({
    pid: process.pid,
    server: process.behaviour.label,
    label: extras?.label,
    status: statusOf(process),
    currentMessage: process.lastMessage,
    mailboxSize: process.size,
    trapping: process.trapping,
    names: Object.freeze(namesOf(process)),
    parent: starterOf(process)?.pid,
    ancestors: Object.freeze(ancestorsOf(process)),
    callers: Object.freeze([...callersOf(process)]),
    links: Object.freeze(linkedTo(process).map((other) => other.pid)),
    monitors: Object.freeze((extras?.watching?.inOrder() ?? []).map(pidOfTarget)),
    monitoredBy: Object.freeze(watchers),
  })
}

function statusOf(process: Process): ProcessStatus {
  if (process.phase === 'starting') return 'starting'
  if (process.phase === 'terminating') return 'terminating'
  if (process.handling !== undefined) return 'running'
  if (process.oversight?.suspended) return 'suspended'
  return process.size > 0 ? 'running' : 'waiting'
}

function namesOf(process: Process): ProcessInfo['names'] {
  const { nameKey, nameOwner } = process
  const names: ProcessInfo['names'][number][] = []
  if (nameKey !== undefined && nameOwner !== undefined) names.push(nameOf(nameOwner, nameKey))
  for (const [{ key }, owner] of process.extrasIfAny?.names ?? []) names.push(nameOf(owner, key))
  return names
}

function nameOf(owner: { readonly name: string }, key: Key) {
  return Object.freeze({ registry: owner.name, key })
}

function pidOfTarget({ target }: { readonly target: Process }): Pid {
  return target.pid
}
