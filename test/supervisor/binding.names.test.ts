import {
  argumentCodes,
  type ChildSpec,
  countChildren,
  dynamicSupervisor,
  ended,
  exit,
  isAlive,
  partitionSupervisor,
  type Restart,
  type SilentProtocol,
  stopServer,
  supervisor,
  taskSupervisor,
  type Via,
  whichChildren,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import { codeOf, run } from './running.ts'
import { failingAt, gate, ok, part, pidOf, supervisorNames } from './worker.ts'

const one = { name: 'top', strategy: 'one_for_one' } as const
interface Life {
  readonly registerAs: Via<SilentProtocol>
  readonly name?: string
  readonly restart?: Restart
}

/** Each kind of supervisor, registered; two children where they can be said beforehand. */
const kinds: Readonly<Record<string, (life: Life) => ChildSpec>> = {
  supervisor: (life) => {
    return supervisor({ ...one, name: 'it', ...life }, [part({ id: 'a' }), part({ id: 'b' })])
  },
  dynamicSupervisor: (life) => dynamicSupervisor({ name: 'it', ...life }),
  taskSupervisor: (life) => taskSupervisor({ name: 'it', ...life }),
  partitionSupervisor: (life) => {
    return partitionSupervisor({ name: 'it', partitions: 2, ...life }, (partition) => {
      return part({ id: `p${partition}` })
    })
  },
}

describe.each(Object.keys(kinds))('a registered %s', (kind) => {
  async function runRegistered(restart: Restart = 'permanent') {
    const make = kinds[kind]
    if (make === undefined) throw new Error(`no kind ${kind}`)
    const offices = supervisorNames()
    const via = offices.via('main office')
    const top = supervisor(one, [offices, make({ registerAs: via, restart })])
    return { make, offices, via, top, ...(await run(top)) }
  }

  test('is reached by its name [SUP-020, DSUP-006, PSUP-020, VIA-025]', async () => {
    const { offices, via, top } = await runRegistered()
    expect(offices.whereis('main office')).toBe(pidOf(top, 'it'))
    const specs = kind.startsWith('dynamic') || kind.startsWith('task') ? 0 : 2
    expect(countChildren(via)).toMatchObject({ specs, active: specs })
    expect(whichChildren(via)).toHaveLength(specs)
  })

  test('holds its name again after a restart [VIA-025]', async () => {
    const { offices, top, host } = await runRegistered()
    const before = pidOf(top, 'it')
    exit(before, 'kill')
    expect(offices.whereis('main office')).toBeUndefined()
    await host.settle()
    expect(offices.whereis('main office')).toBe(pidOf(top, 'it'))
    expect(pidOf(top, 'it')).not.toBe(before)
  })

  test('is refused under a taken name, and the other one goes on [SUP-020, PSUP-027]', async () => {
    const { make, offices, via, top } = await runRegistered()
    const pid = offices.whereis('main office')
    const second = await top.startChild(make({ registerAs: via, name: 'second' }))
    expect(second).toEqual({ ok: false, reason: { kind: 'already_started', pid } })
    expect(top.countChildren().specs).toBe(2)
    expect(offices.whereis('main office')).toBe(pid)
  })

  test('is stopped by its name, which is free when that is done [SUP-072, DSUP-006, PSUP-021]', async () => {
    const { offices, via, top } = await runRegistered('temporary')
    const pid = pidOf(top, 'it')
    const reason = ended(pid)
    await stopServer(via)
    expect([isAlive(pid), offices.whereis('main office')]).toEqual([false, undefined])
    expect(await reason).toEqual({ kind: 'normal' })
    await expect(stopServer(offices.via('nobody'))).rejects.toMatchObject({
      reason: { kind: 'noproc' },
    })
  })

  test('takes no name that is none [SUP-020]', () => {
    const wrong = ['main office', Symbol('office'), 5, null, { registry: 'offices', key: 'x' }]
    for (const name of wrong) {
      const make = () => kinds[kind]?.({ registerAs: name as never })
      expect(codeOf(make)).toBe(argumentCodes.invalid_address)
    }
  })

  test('does not start under a name of a registry that does not run', async () => {
    const top = supervisor(one, [])
    await run(top)
    const registerAs = supervisorNames('elsewhere').via('x')
    const started = await top.startChild(kinds[kind]?.({ registerAs }) ?? top)
    if (started.ok || started.reason.kind !== 'init_failed') throw new Error('it started')
    expect(started.reason.exit.cause).toMatchObject({ code: argumentCodes.not_started })
  })
})

describe('the name of a supervisor', () => {
  test('is taken before its children start, and free after a start that failed', async () => {
    const offices = supervisorNames()
    const registerAs = offices.via('x')
    const seen: unknown[] = []
    const look = () => {
      seen.push(offices.whereis('x') !== undefined)
    }
    const inner = supervisor({ ...one, name: 'inner', registerAs }, [
      part({ id: 'a', init: look }),
      part({ id: 'b', init: failingAt(1).init }),
    ])
    const top = supervisor(one, [offices])
    await run(top)
    const failed = await top.startChild(inner)
    expect([failed.ok, seen, offices.whereis('x')]).toEqual([false, [true], undefined])
    expect(await top.startChild(inner)).toMatchObject(ok)
  })

  test('goes to one of many that start at once', async () => {
    const offices = supervisorNames()
    const parents = ['left', 'right'].map((name) => dynamicSupervisor({ name }))
    await run(supervisor(one, [offices, ...parents]))
    const { wait, release } = gate()
    const starts = parents.map((parent, index) => {
      const slow = part({ id: 'slow', init: wait })
      const name = `office ${index}`
      return parent.startChild(supervisor({ ...one, name, registerAs: offices.via('x') }, [slow]))
    })
    release()
    const outcomes = await Promise.all(starts)
    const winner = offices.whereis('x')
    expect(outcomes.map((each) => (each.ok ? each.pid : each.reason))).toEqual([
      winner,
      { kind: 'already_started', pid: winner },
    ])
  })

  test('is waited for with the process, if that outlives its supervisor', async () => {
    const offices = supervisorNames()
    const { wait, release } = gate()
    const below = supervisor({ ...one, name: 'below', registerAs: offices.via('x') }, [
      part({ id: 'slow', traps: true, terminate: wait }),
    ])
    const middle = supervisor({ ...one, name: 'middle' }, [below])
    const top = supervisor(one, [offices, middle])
    const { host } = await run(top)
    const before = offices.whereis('x')
    exit(pidOf(top, 'middle'), 'kill')
    await host.settle()
    expect(offices.whereis('x')).toBe(before)
    release()
    await host.settle()
    expect(offices.whereis('x')).toBe(pidOf(middle, 'below'))
    expect(offices.whereis('x')).not.toBe(before)
  })
})
