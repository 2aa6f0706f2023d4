// Registries: values are asked for where there must be one, patterns fit the values, and what they
// bind is typed; misuse does not compile.

import {
  any,
  type Bound,
  type Context,
  child,
  type DuplicateRegistry,
  defineServer,
  duplicateRegistry,
  type Entry,
  type Key,
  type KeyedEntry,
  type Pattern,
  type Pid,
  type Protocol,
  type ProtocolOf,
  type Registered,
  type RegisteredDuplicate,
  type Registry,
  type RegistryEvent,
  type RegistryMessage,
  reply,
  type UniqueRegistry,
  type Updated,
  uniqueRegistry,
  type Variable,
  variable,
} from 'flotilla'
import type { Fits, IsAny, Proven, Same } from './proof.ts'

const Cat = defineServer({ name: 'cat', init: (_: void) => 0, calls: { meow: (n) => reply(n, n) } })
type CatP = ProtocolOf<typeof Cat>
declare const context: Context
declare const pid: Pid<CatP>

type Badge = { readonly role: 'owner'; readonly level: number } | { readonly role: 'guest' }
type Place = readonly ['room', number] | 'lobby'
const owner: Badge = { role: 'owner', level: 1 }

const plain = uniqueRegistry<string, CatP>({ name: 'plain' })
const badged = uniqueRegistry<string, CatP, Badge>({ name: 'badged', initialValue: owner })
const maybe = uniqueRegistry<string, CatP, Badge | undefined>({ name: 'maybe' })
const rooms = duplicateRegistry<Place, CatP, Badge>({ name: 'rooms' })
const groups = duplicateRegistry<string>({ name: 'groups' })

// A value is asked for exactly where there must be one.
plain.register(context, 'x')
plain.via('x')
badged.register(context, 'x', owner)
badged.via('x')
badged.via('x', owner)
maybe.register(context, 'x')
maybe.register(context, 'x', owner)
rooms.register(context, ['room', 1], owner)
groups.register(context, 'x')
child(Cat, undefined, { name: badged.via('x', owner) })
// @ts-expect-error a name without a value would hold none
uniqueRegistry<string, CatP, Badge>({ name: 'x' })
// @ts-expect-error an initial value of another type
uniqueRegistry<string, CatP, Badge>({ name: 'x', initialValue: { role: 'thief' } })
// @ts-expect-error there are no values
uniqueRegistry<string, CatP>({ name: 'x', initialValue: 5 })
// @ts-expect-error a value is missing
badged.register(context, 'x')
// @ts-expect-error undefined is no value here
badged.register(context, 'x', undefined)
// @ts-expect-error a value is missing
rooms.register(context, 'lobby')
// @ts-expect-error a value of another type
badged.register(context, 'x', { role: 'thief' })
// @ts-expect-error a value of another type
badged.via('x', 'owner')
// @ts-expect-error there are no values
plain.register(context, 'x', 1)
// @ts-expect-error there are no values
plain.via('x', 1)
// @ts-expect-error a key of another type
rooms.register(context, ['room', 'one'], owner)
// @ts-expect-error a pid is not the context of a process
plain.register(pid, 'x')
// @ts-expect-error the context comes first
plain.register('x', context)
// @ts-expect-error duplicates have no names, so they need no initial value
duplicateRegistry<string, CatP, Badge>({ name: 'x', initialValue: owner })
// @ts-expect-error the kind of keys is chosen by the function
duplicateRegistry<string>({ name: 'x', keys: 'duplicate' })

// What names nobody in particular is no address, and has no one value.
// @ts-expect-error a registry of duplicates has no via
rooms.via('lobby')
// @ts-expect-error nor one holder
rooms.whereis('lobby')
// @ts-expect-error nor one value
rooms.updateValue(context, 'lobby', (old) => old)

// Values are read as they were stored, and updated as what they are.
const updated = badged.updateValue(context, 'x', (old) => ({ ...old, role: 'guest' }))
const registered = badged.register(context, 'x', owner)
const joined = rooms.register(context, 'lobby', owner)
// @ts-expect-error the new value has to be one
badged.updateValue(context, 'x', () => 'guest')
// @ts-expect-error and has to be there at once
badged.updateValue(context, 'x', async (old) => old)
export type Results = [
  Proven<Same<typeof updated, Updated<Badge>>>,
  Proven<Same<typeof registered, Registered<CatP>>>,
  Proven<Same<typeof joined, RegisteredDuplicate>>,
  Proven<Same<ReturnType<typeof rooms.lookup>, readonly Entry<CatP, Badge>[]>>,
  Proven<Same<ReturnType<typeof rooms.values>, readonly Badge[]>>,
  Proven<Same<ReturnType<typeof rooms.keys>, readonly Place[]>>,
  Proven<Same<Parameters<Parameters<typeof rooms.watch>[0]>[0], RegistryEvent<Place, Badge>>>,
  Proven<Same<Extract<RegistryEvent<Place, Badge>, { kind: 'register' }>['value'], Badge>>,
  Proven<Same<'value' extends keyof Extract<RegistryEvent, { kind: 'unregister' }> ? 1 : 0, 0>>,
  Proven<Fits<RegistryMessage<Place, Badge>, RegistryEvent<Place, Badge>>>,
  Proven<
    Same<
      ReturnType<typeof rooms.meta>,
      { readonly ok: true; readonly value: unknown } | { readonly ok: false }
    >
  >,
]

/** A registry is for exactly one type of key, of process and of value. */
export type Invariance = [
  Proven<Fits<UniqueRegistry<string, CatP, Badge>, Registry<string, CatP, Badge>>>,
  Proven<Fits<DuplicateRegistry<string, CatP, Badge>, Registry<string, CatP, Badge>>>,
  Proven<Same<Fits<Registry<string, CatP, 'a'>, Registry<string, CatP, string>>, false>>,
  Proven<Same<Fits<Registry<string, CatP, string>, Registry<string, CatP, 'a'>>, false>>,
  Proven<Same<Fits<Registry<'a', CatP>, Registry<string, CatP>>, false>>,
  Proven<Same<Fits<Registry<string, CatP>, Registry<'a', CatP>>, false>>,
  Proven<Same<Fits<DuplicateRegistry<string>, UniqueRegistry<string, any>>, false>>,
]

// Patterns fit the values, and what they bind has the type of its place.
const owners = rooms.match('lobby', { role: 'owner', level: variable('level') }, (bound, entry) => {
  const level: number = bound.level
  const value: Badge = entry.value
  return level > 1 && value.role === 'owner'
})
rooms.countMatch('lobby', { role: variable('role') }, (bound) => bound.role === 'guest')
rooms.match('lobby', any)
rooms.match('lobby', variable('all'), (bound) => bound.all.role === 'owner')
rooms.match('lobby', {})
const removed: number = rooms.unregisterMatch(context, 'lobby', {
  value: { level: variable('level') },
  where: (bound) => bound.level < 3,
})
// @ts-expect-error a property that no value has
rooms.match('lobby', { rank: 1 })
// @ts-expect-error a literal that no value has
rooms.match('lobby', { role: 'thief' })
// @ts-expect-error the wildcard is no key
rooms.match(any, any)
// @ts-expect-error a name that nothing is bound to
rooms.match('lobby', { level: variable('level') }, (bound) => bound.lvl > 1)
// @ts-expect-error a guard that does not say yes or no
rooms.match('lobby', { level: variable('level') }, (bound) => bound.level)
// @ts-expect-error a part that does not exist
rooms.unregisterMatch(context, 'lobby', { key: 'lobby' })
export type Matches = [Proven<Same<typeof owners, readonly Entry<CatP, Badge>[]>>, typeof removed]

// Outputs are inferred, one by one and together.
const numbers = rooms.select({
  key: ['room', variable('number')],
  value: { role: 'owner', level: variable('level') },
  where: (bound) => bound.number > 1 && bound.level > 1,
  give: (bound, entry) => ({ number: bound.number, pid: entry.pid }),
})
const everything = rooms.select({})
const named = rooms.selector({ key: variable('place'), give: (bound) => bound.place })
const levelled = rooms.selector({ value: { level: variable('l') }, give: (bound) => bound.l })
const both = rooms.select([named, levelled])
rooms.countSelect([named, levelled])
rooms.select({ pid, value: any })
// @ts-expect-error a key of another shape
rooms.select({ key: ['room', variable('number'), any] })
// @ts-expect-error keys hold no objects
rooms.select({ key: { place: 'lobby' } })
// @ts-expect-error a pid is compared as a whole
rooms.select({ pid: variable('pid') })
// @ts-expect-error a part that does not exist
rooms.select({ keys: 'lobby' })
// @ts-expect-error a selector of another registry
rooms.select([plain.selector({})])
// @ts-expect-error what was not made by a selector has no type of its own
rooms.select([{ key: 'lobby' }])
export type Selections = [
  Proven<Same<typeof numbers, readonly { number: number; pid: Pid<CatP> }[]>>,
  Proven<Same<typeof everything, readonly KeyedEntry<Place, CatP, Badge>[]>>,
  Proven<Same<typeof both, readonly (Place | number)[]>>,
  Proven<Same<IsAny<(typeof everything)[number]>, false>>,
]

/** What patterns bind, part by part. */
export type Bindings = [
  Proven<Same<Bound<Variable<'a'>, string>, { readonly a: string }>>,
  Proven<
    Same<
      Bound<readonly [Variable<'a'>, { readonly x: Variable<'b'> }], readonly [1, { x: 2 }]>,
      { readonly a: 1; readonly b: 2 }
    >
  >,
  Proven<Same<keyof Bound<'x', string>, never>>,
  Proven<Fits<readonly ['a', typeof any, readonly [1]], Pattern<Key>>>,
  Proven<Same<Fits<{ readonly a: 1 }, Pattern<Key>>, false>>,
]

// Dispatch and locks give what they give.
const dispatched: void = rooms.dispatch('lobby', (entries) => entries.length)
const worked: Promise<number> = rooms.lock('k', async () => 5)
declare const thenable: PromiseLike<number>
const soon: Promise<number> = rooms.lock('k', () => thenable)
const atOnce: Promise<'done'> = rooms.lock(['k', 1], () => 'done' as const, { owner: context })
// @ts-expect-error a module and a function are no callback
rooms.dispatch('lobby', [Cat, 'meow', []])
// @ts-expect-error an owner is a process
void rooms.lock('k', () => 1, { owner: pid })
// @ts-expect-error an option that does not exist
void rooms.lock('k', () => 1, { timeout: 5 })
export const given = [dispatched, worked, soon, atOnce]

// Helpers are generic over registries of either kind, and pass them on.
function countIn<K extends Key, P extends Protocol, V>(registry: Registry<K, P, V>): number {
  return registry.count()
}
function holderIn<K extends Key, P extends Protocol, V>(registry: UniqueRegistry<K, P, V>, key: K) {
  return countIn(registry) > 0 ? registry.whereis(key) : undefined
}
const counted: readonly number[] = [countIn(rooms), countIn(uniqueRegistry({ name: 'names' }))]
export const generic = [counted, holderIn]
