import {
  type ChildSpec,
  child,
  defineServer,
  dynamicSupervisor,
  exit,
  fleet,
  type Pid,
  type ProtocolOf,
  partitionSupervisor,
  supervisor,
  tryCall,
  uniqueRegistry,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { countLeft } from '../collect-garbage.ts'
import { run } from './running.ts'

const lives = 8
const often = { maxRestarts: 1000, maxSeconds: 1 }

/** @param failing whether every other start fails, so that its supervisor tries again */
function server(failing: boolean) {
  let starts = 0
  return defineServer({
    name: 'worker',
    init(_key: string) {
      starts += 1
      if (failing && starts % 2 === 0) throw new Error('not yet')
      return 0
    },
    calls: {
      fail(): never {
        throw new Error('told to')
      },
    },
  })
}

type Server = ReturnType<typeof server>

/** One worker under somebody who starts it anew. */
interface Setting {
  readonly tree: ChildSpec
  start(): Promise<unknown>
  worker(): Pid<ProtocolOf<Server>> | undefined
}

/** A worker that is `one` in a registry beside its supervisor. */
function named(
  definition: Server,
  above: (worker: ChildSpec) => ChildSpec,
  start: (above: ChildSpec, worker: ChildSpec) => Promise<unknown> = async () => undefined,
): Setting {
  const names = uniqueRegistry<string, ProtocolOf<Server>>({ name: 'names' })
  const worker = child(definition, 'one', { name: names.via('one') })
  const over = above(worker)
  const tree = supervisor({ name: 'top', strategy: 'one_for_one' }, [names, over])
  return { tree, start: () => start(over, worker), worker: () => names.whereis('one') }
}

const settings: Record<string, (definition: Server) => Setting> = {
  static: (definition) =>
    named(definition, (worker) =>
      supervisor({ name: 'static', strategy: 'one_for_all', ...often }, [worker]),
    ),
  dynamic(definition) {
    const children = dynamicSupervisor({ name: 'dynamic', ...often })
    return named(
      definition,
      () => children,
      (_, worker) => children.startChild(worker),
    )
  },
  partition: (definition) =>
    named(definition, (worker) =>
      partitionSupervisor({ name: 'partition', partitions: 1, ...often }, () => worker),
    ),
  fleet(definition) {
    const workers = fleet(definition, { name: 'fleet', key: (key: string) => key, ...often })
    const tree = supervisor({ name: 'top', strategy: 'one_for_one' }, [workers])
    return { tree, start: () => workers.start('one'), worker: () => workers.whereis('one') }
  },
}

const ends: Record<string, (worker: Pid<ProtocolOf<Server>>) => Promise<unknown>> = {
  kill: async (worker) => exit(worker, 'kill'),
  async crash(worker) {
    const outcome = await tryCall(worker, 'fail')
    const crash = outcome.ok ? undefined : outcome.exit.cause
    // As long as nobody has read it, a stack holds on to what was on it.
    expect(crash instanceof Error && crash.stack).toContain('told to')
  },
}

describe.each(Object.keys(settings))('under a %s supervisor', (kind) => {
  describe.each(Object.keys(ends))('after every %s', (end) => {
    test.each([
      ['at once', false],
      ['at the second try', true],
    ])(
      'who keeps the pid of a dead worker that is back %s keeps none of its successors',
      async (_, failing) => {
        const setting = settings[kind]?.(server(failing))
        if (setting === undefined) throw new Error('no such setting')
        const { host } = await run(setting.tree)
        await setting.start()
        const kept = setting.worker()
        const successors: WeakRef<object>[] = []
        const endOne = async (): Promise<void> => {
          const worker = setting.worker()
          if (worker === undefined) throw new Error('it is not back')
          await ends[end]?.(worker)
          await host.advance(100)
          const successor = setting.worker()
          if (successor === undefined || successor === worker) throw new Error('it is not back')
          successors.push(new WeakRef(successor))
        }
        for (let life = 0; life < lives; life += 1) await endOne()
        await host.settle()
        expect(successors).toHaveLength(lives)
        expect(await countLeft(successors, 1)).toBe(1)
        expect(successors.at(-1)?.deref()).toBe(setting.worker())
        expect(kept).not.toBe(setting.worker())
      },
    )
  })
})
