/**
 * A registry of either kind on a node of its own, with processes that run what they are told.
 */
import {
  type Context,
  call,
  duplicateRegistry,
  dynamicSupervisor,
  type Key,
  type Pid,
  type Registry,
  type RegistryOptions,
  supervisor,
  uniqueRegistry,
} from 'flotilla'
import { trust } from '../../src/core/trust.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import { run } from '../supervisor/running.ts'
import { part, startedBy, type WorkerProtocol } from '../supervisor/worker.ts'

/** What a test of both kinds of registry uses; any value may be stored. */
export type AnyRegistry = Registry<Key, WorkerProtocol, unknown>

/** One way to make a registry. */
export interface Kind {
  readonly keys: 'unique' | 'duplicate'
  readonly options: Omit<RegistryOptions, 'name'>
}

const choices: readonly Omit<RegistryOptions, 'name'>[] = [
  {},
  { partitions: 1 },
  { partitions: 8, compressed: true },
]

/** Every kind with every choice that must change nothing. */
export const kinds: readonly Kind[] = (['unique', 'duplicate'] as const).flatMap((keys) => {
  return choices.map((options) => ({ keys, options }))
})

/** The kinds in which a key has several holders. */
export const duplicates = kinds.filter(({ keys }) => keys === 'duplicate')

/** The kinds in which a key has one holder. */
export const uniques = kinds.filter(({ keys }) => keys === 'unique')

/** Makes a registry of a kind. */
export function makeRegistry({ keys, options }: Kind, more: object = {}): AnyRegistry {
  const given: RegistryOptions = { name: 'names', ...options, ...more }
  return keys === 'unique'
    ? uniqueRegistry<Key, WorkerProtocol, unknown>(given)
    : duplicateRegistry<Key, WorkerProtocol, unknown>(given)
}

/** Starts a tree of the registry and a supervisor of whoever registers in it. */
export async function runKind(kind: Kind, more: object = {}) {
  const names = makeRegistry(kind, more)
  const children = dynamicSupervisor({ name: 'children', maxRestarts: 1000 })
  const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [names, children])
  const running = await run(top)
  /** A process without a name, which is not restarted. */
  const start = (id = 'w') => startedBy(children.startChild(part({ id }, temporary)))
  /** Registers a process, which must succeed. */
  async function enter(pid: Pid<WorkerProtocol>, key: Key, value?: unknown): Promise<void> {
    const registered = await inside(pid, (context) => names.register(context, key, value))
    if (!registered.ok) throw new Error(`not registered: ${registered.reason.kind}`)
  }
  return { names, children, top, start, enter, ...running }
}

const temporary = { restart: 'temporary' } as const

/** The context of a worker, as its handlers have it. */
export function contextOf(pid: Pid<WorkerProtocol>): Context {
  return trust(LocalPid.processOf(pid)?.context)
}

/** Runs code in a handler of a worker, and waits for what comes of it outside. */
export async function inside<T>(
  pid: Pid<WorkerProtocol>,
  task: (context: Context) => T,
): Promise<Awaited<T>> {
  const boxed = await call(pid, 'run', (context) => ({ given: task(context) }))
  const { given }: { readonly given: T } = trust(boxed)
  return await given
}
