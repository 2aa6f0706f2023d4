// Addresses say what they understand: whatever holds for a pid holds for a via and for a child.

import {
  type Address,
  type ChildSpec,
  child,
  defineServer,
  type Entry,
  ended,
  exit,
  formatPid,
  isAlive,
  type Key,
  type Pid,
  type ProtocolOf,
  type RegistryEvent,
  reply,
  type Started,
  type StartRefusal,
  samePid,
  send,
  type UniqueRegistry,
  uniqueRegistry,
  type Via,
} from 'flotilla'
import type { Fits, IsAny, Proven, Same } from './proof.ts'

export const Cat = defineServer({
  name: 'cat',
  init: (_: void) => 0,
  calls: { meow: (n, times: number) => reply('meow'.repeat(times), n) },
})
export const Lion = defineServer({
  name: 'lion',
  init: (_: void) => 0,
  calls: {
    meow: (n, times: number) => reply('meow'.repeat(times), n),
    roar: (n) => reply('roar', n),
  },
})
type CatP = ProtocolOf<typeof Cat>
type LionP = ProtocolOf<typeof Lion>

/** Neither more nor less than what it says: an address is for exactly one protocol. */
export type Invariance = [
  Proven<Same<Fits<Pid<CatP>, Pid<LionP>>, false>>,
  Proven<Same<Fits<Pid<LionP>, Pid<CatP>>, false>>,
  Proven<Same<Fits<Via<CatP>, Via<LionP>>, false>>,
  Proven<Same<Fits<Via<LionP>, Via<CatP>>, false>>,
  Proven<Same<Fits<Pid<CatP>, Via<CatP>>, false>>,
  Proven<Same<Fits<Via<CatP>, Pid<CatP>>, false>>,
  Proven<Fits<Pid<CatP>, Address<CatP>>>,
  Proven<Fits<Via<CatP>, Address<CatP>>>,
  Proven<Same<Fits<Address<LionP>, Address<CatP>>, false>>,
  Proven<Same<Fits<UniqueRegistry<string, LionP>, UniqueRegistry<string, CatP>>, false>>,
  Proven<Same<Fits<ChildSpec<LionP>, ChildSpec<CatP>>, false>>,
  Proven<Fits<ChildSpec<CatP>, ChildSpec>>,
]

type UserId = string & { readonly brand: 'UserId' }
declare const id: UserId
interface Age {
  readonly age: number
}
const cats = uniqueRegistry<UserId, CatP, Age>({ name: 'cats', initialValue: { age: 0 } })
const via = cats.via(id)
const found = cats.whereis(id)
const entries = cats.lookup(id)
const spec = child(Cat, undefined, { name: via })
declare const lion: Via<LionP>

export type Found = [
  Proven<Same<typeof via, Via<CatP>>>,
  Proven<Same<typeof found, Pid<CatP> | undefined>>,
  Proven<Same<typeof entries, readonly Entry<CatP, Age>[]>>,
  Proven<Same<(typeof entries)[number]['value'], Age>>,
  Proven<Same<typeof spec, ChildSpec<CatP>>>,
  Proven<Same<ReturnType<typeof cats.keys>, readonly UserId[]>>,
  Proven<Same<Parameters<Parameters<typeof cats.watch>[0]>[0], RegistryEvent<UserId, Age>>>,
  Proven<Same<RegistryEvent<UserId>['key'], UserId>>,
]

export type Starts = [
  Proven<Same<Extract<Started<CatP>, { ok: true }>['pid'], Pid<CatP>>>,
  Proven<Same<Extract<StartRefusal<CatP>, { kind: 'already_started' }>['pid'], Pid<CatP>>>,
  Proven<Same<IsAny<Started<CatP>>, false>>,
]

/** What can be a key, and what cannot. */
export type Keys = [
  Proven<Fits<readonly [string, number, readonly [bigint, boolean]], Key>>,
  Proven<Same<Fits<undefined, Key>, false>>,
  Proven<Same<Fits<null, Key>, false>>,
  Proven<Same<Fits<symbol, Key>, false>>,
  Proven<Same<Fits<{ readonly a: 1 }, Key>, false>>,
  Proven<Same<Fits<Date, Key>, false>>,
]

// @ts-expect-error the name belongs to another kind of server
child(Cat, undefined, { name: lion })
// @ts-expect-error a key of another type
cats.via('u1')
// @ts-expect-error a registry is asked by key, not by pid
cats.whereis(found)
// @ts-expect-error an exit signal goes to a process, not to a name
exit(via, 'kill')
// @ts-expect-error a name is not a process that could be alive
isAlive(via)
// @ts-expect-error a word that is no exit request
exit(found ?? pidOfCat(), 'die')
// @ts-expect-error a text is no address
send('cats', 1)
// @ts-expect-error a registry cannot be keyed by objects
uniqueRegistry<{ readonly id: string }, CatP>({ name: 'x' })

declare function pidOfCat(): Pid<CatP>
void ended(via)
formatPid(pidOfCat())
samePid(pidOfCat(), pidOfCat())
