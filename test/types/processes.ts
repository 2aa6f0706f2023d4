// Processes: a start says what it started, an alias is no address, options and results are exact.

import {
  type Alias,
  type AliasMode,
  type Context,
  call,
  cast,
  child,
  type Down,
  defineServer,
  type Monitor,
  type NextAnswer,
  type Outcome,
  type Pid,
  type ProcessContext,
  type ProcessInfo,
  type ProtocolOf,
  processInfo,
  type RequestCollection,
  reply,
  requestCollection,
  type StartMonitored,
  type StartTried,
  send,
  stopServer,
  type Timer,
  type Via,
  whereis,
} from 'flotilla'
import type { Fits, IsAny, Proven, Same } from './proof.ts'

const Cat = defineServer({
  name: 'cat',
  init: (_: void) => 0,
  calls: { meow: (n, times: number) => reply('meow'.repeat(times), n) },
})
type CatP = ProtocolOf<typeof Cat>
declare const context: Context
declare const plain: ProcessContext
declare const cat: Pid<CatP>
declare const name: Via<CatP>
declare const alias: Alias

// A start gives the pid of what it starts, and a monitor exactly when asked for one.
const started = plain.start(child(Cat, undefined))
const linked = plain.start(child(Cat, undefined), { link: false })
const monitored = plain.start(child(Cat, undefined), { monitor: true, link: false })
declare const outcome: Awaited<typeof started>
declare const watched: Awaited<typeof monitored>
const pid = outcome.ok ? outcome.pid : undefined
const handle = watched.ok ? watched.monitor : undefined
if (outcome.ok) void call(outcome.pid, 'meow', 1)
// @ts-expect-error no monitor was asked for
if (outcome.ok) context.demonitor(outcome.monitor)
// @ts-expect-error there is no limit of children
if (!outcome.ok) outcome.reason.kind === 'max_children'
// @ts-expect-error a server is no specification
void plain.start(Cat)
// @ts-expect-error an option that does not exist
void plain.start(child(Cat, undefined), { linked: false })

export type Starts = [
  Proven<Same<typeof started, Promise<StartTried<CatP>>>>,
  Proven<Same<typeof linked, Promise<StartTried<CatP>>>>,
  Proven<Same<typeof monitored, Promise<StartMonitored<CatP>>>>,
  Proven<Same<typeof pid, Pid<CatP> | undefined>>,
  Proven<Same<typeof handle, Monitor | undefined>>,
]

// An alias is for messages, and the handle of the monitor that it came with.
const own = context.alias({ reply: true })
const both = context.monitor(cat, { alias: 'demonitor', tag: 1 })
const tagged = context.monitor(name, { tag: { any: 'thing' } })
send(alias, 'anything')
context.demonitor(both, { flush: true })
context.unalias(both)
// @ts-expect-error a monitor without an alias cannot be taken back as one
context.unalias(tagged)
// @ts-expect-error there is no such way to close
context.monitor(cat, { alias: 'reply' })
// @ts-expect-error an alias is no address for calls
void call(alias, 'meow', 1)
// @ts-expect-error nor for casts
cast(alias, 'meow', 1)
// @ts-expect-error nor can the process behind it be stopped
void stopServer(alias)

export type Aliases = [
  Proven<Same<typeof own, Alias>>,
  Proven<Same<typeof both, Alias>>,
  Proven<Same<typeof tagged, Monitor>>,
  Proven<Same<AliasMode, 'explicit_unalias' | 'demonitor' | 'reply_demonitor'>>,
  Proven<Fits<Alias, Monitor>>,
  Proven<Same<Fits<Alias, Pid>, false>>,
  Proven<Same<Down['tag'], unknown>>,
]

// What is behind an address speaks its protocol; what people may see of it is fixed.
const found = whereis(name)
const itself = whereis(cat)
const info = processInfo(cat)
const stopping = stopServer(name, { reason: { kind: 'shutdown' }, timeoutMs: 'infinity' })
// @ts-expect-error the word is no reason
void stopServer(cat, { reason: 'shutdown' })
// @ts-expect-error the limit is a number
void stopServer(cat, { timeoutMs: '5' })
// @ts-expect-error a name leads to whoever holds it: look it up first
processInfo(name)
declare const shown: ProcessInfo
// @ts-expect-error a snapshot is to be read
shown.label = 'x'
// @ts-expect-error and so are its lists
shown.links.push(cat)
// @ts-expect-error a label is a key
context.setLabel({ id: 1 })
// @ts-expect-error words of time are one
void context.sleep('forever')
declare const timer: Timer
const left = timer.leftMs()

export type Looking = [
  Proven<Same<typeof found, Pid<CatP> | undefined>>,
  Proven<Same<typeof itself, Pid<CatP> | undefined>>,
  Proven<Same<typeof info, ProcessInfo | undefined>>,
  Proven<Same<typeof stopping, Promise<void>>>,
  Proven<Same<typeof left, number | undefined>>,
  Proven<Same<IsAny<ProcessInfo['label']>, false>>,
]

// A collection gives back its labels and replies with their types.
const requests = requestCollection<'a' | 'b', string>(plain)
requests.add(call(cat, 'meow', 1), 'a')
// @ts-expect-error a label that it does not have
requests.add(call(cat, 'meow', 1), 'c')
// @ts-expect-error a request with another reply
requests.add(Promise.resolve(5), 'a')
// @ts-expect-error a server is no context
requestCollection(Cat)
const answer = requests.next({ timeoutMs: 5, keep: true })
declare const answered: Awaited<typeof answer>
const label = answered.kind === 'answer' ? answered.label : undefined
const reached = answered.kind === 'answer' ? answered.outcome : undefined
// @ts-expect-error without an answer there is no label
if (answered.kind === 'timeout') answered.label

export type Collections = [
  Proven<Same<typeof requests, RequestCollection<'a' | 'b', string>>>,
  Proven<Same<typeof answer, Promise<NextAnswer<'a' | 'b', string>>>>,
  Proven<Same<typeof label, 'a' | 'b' | undefined>>,
  Proven<Same<typeof reached, Outcome<string> | undefined>>,
]
