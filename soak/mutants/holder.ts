/**
 * A holder: takes names, gives them up, joins groups; and compares what it is told with what it
 * did.
 */
import {
  type DuplicateRegistry,
  defineServer,
  type Pid,
  reply,
  samePid,
  stop,
  type UniqueRegistry,
} from 'flotilla'
import { always } from 'flotilla/testing'

/** The registries of one life of a node. */
export interface Registries {
  readonly names: UniqueRegistry<number, HolderProtocol, number>
  readonly groups: DuplicateRegistry<string, HolderProtocol, number>
}

/** Named apart, since the registries need it and the server needs the registries. */
export type HolderProtocol = {
  readonly calls: {
    readonly take: { readonly payload: number; readonly reply: boolean }
    readonly give: { readonly payload: number; readonly reply: boolean }
    readonly join: { readonly payload: string; readonly reply: undefined }
    readonly part: { readonly payload: string; readonly reply: undefined }
    readonly leave: { readonly payload: undefined; readonly reply: undefined }
    readonly crash: { readonly payload: undefined; readonly reply: undefined }
  }
  readonly casts: Record<never, never>
}

interface Holder extends Registries {
  /** How many entries it has in each group. */
  readonly joined: Map<string, number>
}

/** How many names and entries there may be. */
export const maxNames = 10

/** Every holder is one of these. */
export const HolderServer = defineServer({
  name: 'holder',
  init: (registries: Registries): Holder => ({ ...registries, joined: new Map() }),
  calls: {
    take(holder, key: number, context) {
      const { names } = holder
      const before = names.whereis(key)
      const hasRoom = names.count() < maxNames
      const taken = names.register(context, key, key)
      always(taken.ok === (before === undefined && hasRoom), 'I1: a name is taken if it is free')
      if (taken.ok) always(isAt(names.whereis(key), context.self), 'I4: who takes a name has it')
      return reply(taken.ok, holder)
    },
    give(holder, key: number, context) {
      const { names } = holder
      const had = isAt(names.whereis(key), context.self)
      const gave = names.unregister(context, key)
      always(gave === had, 'I4: who gives a name up had it')
      always(!isAt(names.whereis(key), context.self), 'I4: who gave a name up has it no more')
      return reply(gave, holder)
    },
    join(holder, group: string, context) {
      const { groups, joined } = holder
      const before = groups.count()
      const entered = groups.register(context, group, before)
      always(entered.ok === before < maxNames, 'I18: a registry has room up to its limit')
      if (entered.ok) joined.set(group, (joined.get(group) ?? 0) + 1)
      checkGroup(holder, group, context.self)
      return reply(undefined, holder)
    },
    /** Gives up one of its entries, or all. */
    part(holder, group: string, context) {
      const { groups, joined } = holder
      const [value] = groups.values(group, context.self)
      if (value === undefined) return reply(undefined, holder)
      const gone = groups.unregisterMatch(context, group, { value })
      joined.set(group, (joined.get(group) ?? 0) - gone)
      checkGroup(holder, group, context.self)
      return reply(undefined, holder)
    },
    leave: (holder, _payload: undefined) => stop({ kind: 'normal' }, holder, undefined),
    crash(holder, _payload: undefined) {
      if (holder.joined.size < 0) return reply(undefined, holder)
      throw new Error('as asked')
    },
  },
  casts: {},
})

function checkGroup({ groups, joined }: Holder, group: string, self: Pid): void {
  const { length } = groups.values(group, self)
  const own = joined.get(group) ?? 0
  always(length === own, `I4: a holder joined ${group} ${own} times and is there ${length} times`)
}

function isAt(pid: Pid | undefined, self: Pid): boolean {
  return pid !== undefined && samePid(pid, self)
}
