import {
  ArgumentError,
  call,
  cast,
  Exit,
  ended,
  exit,
  formatPid,
  isAlive,
  type Pid,
  send,
  stopServer,
  tryCall,
  type Via,
  whereis,
} from 'flotilla'
import { describe, expect, test } from 'vitest'
import {
  absenceOf,
  addressText,
  asVia,
  locate,
  ownAddress,
  resolverOf,
  ValuedVia,
  ViaName,
} from '../../src/process/address.ts'
import { LocalPid } from '../../src/process/local-pid.ts'
import { hostileValues } from './hostile.ts'
import { inside, puppet, stage } from './stage.ts'

describe('locate', () => {
  test('finds the process of a pid while it lives, and the present holder of a name', async () => {
    const { start, names } = await stage()
    const pid = await start(puppet, [], { name: names.via('a') })
    const process = LocalPid.processOf(pid)
    expect([locate('x', pid), locate('x', names.via('a'))]).toEqual([process, process])
    expect(locate('x', names.via('b'))).toBeUndefined()
    await tryCall(pid, 'run', () => {
      throw 'gone'
    })
    expect([locate('x', pid), locate('x', names.via('a'))]).toEqual([undefined, undefined])
  })

  test('takes addresses written out as data where they are at home: inside their node', async () => {
    const { start, names, puppet: another } = await stage()
    const pid = await start(puppet, [], { name: names.via('a') })
    const other = await another()
    const [plainPid, plainVia] = [asData<Pid>(pid), asData<Via>(names.via('a'))]
    const answers = inside(other, async () => [
      await call(plainPid, 'run', () => 'by pid'),
      await call(plainVia, 'run', () => 'by name'),
      (await tryCall({ ...plainPid, serial: 4711 }, 'run', () => 1)).ok,
      (await tryCall({ ...plainPid, incarnation: 1 }, 'run', () => 1)).ok,
    ])
    expect(await answers).toEqual(['by pid', 'by name', false, false])
    for (const address of [plainPid, plainVia]) {
      expect(() => call(address, 'run', () => 1)).toThrow(ArgumentError)
    }
  })

  test('finds nobody at a pid of another node written out as data', async () => {
    const [here, there] = [await stage(), await stage()]
    const [pid, far] = [await here.puppet(), asData<Pid>(await there.puppet())]
    expect(await inside(pid, () => locate('call', far))).toBeUndefined()
    expect(() => locate('call', far)).toThrow(ArgumentError)
  })

  test('refuses everything hostile with an error that says what was given', () => {
    for (const [, value] of hostileValues()) {
      for (const address of [value, { registry: value, key: value }, { node: value, serial: 1 }]) {
        expect(() => locate('ring', address as never)).toThrow(ArgumentError)
        expect(() => locate('ring', address as never)).toThrow(
          /^Cannot (ring: (the address is|nothing here knows)|use a via: )/,
        )
      }
    }
  })
})

describe('a via', () => {
  test('is plain data: the registry and the key, with its way there hidden', async () => {
    const { names } = await stage()
    const via = names.via('a')
    expect(asData(via)).toEqual({ registry: 'names', key: 'a' })
    expect([ViaName.is(via), ViaName.is({ ...via })]).toEqual([true, false])
    expect(ViaName.resolverOf(via)?.name).toBe('names')
  })

  test('of a registry that nobody here knows is refused with the way out [VIA-024]', () => {
    expect(() => resolverOf('call', { registry: 'ghosts', key: 1 })).toThrow(
      'Cannot call: nothing here knows the registry "ghosts"; make the via with the handle of ' +
        'its registry or fleet, as in users.via(key)',
    )
  })

  test('is told from a pid', async () => {
    const { names, puppet: another } = await stage()
    const pid = await another()
    const via = names.via('a')
    expect(asVia(via)).toBe(via)
    expect(asVia({ registry: 'x', key: [1] })).toEqual({ registry: 'x', key: [1] })
    expect([asVia(pid), asVia(5 as never)]).toEqual([undefined, undefined])
  })
})

describe('a via with a value', () => {
  test('is the same address and carries the value where nobody sees it', async () => {
    const { names } = await stage()
    const resolver = ViaName.resolverOf(names.via('a'))
    if (resolver === undefined) throw new Error('no resolver')
    const valued = new ValuedVia(resolver, 'a', { secret: 1 })
    expect({ ...valued }).toEqual({ registry: 'names', key: 'a' })
    expect([ValuedVia.valueIn(valued), ValuedVia.valueIn(names.via('a'))]).toEqual([
      { secret: 1 },
      undefined,
    ])
    expect(ValuedVia.valueIn(structuredClone({ ...valued }))).toBeUndefined()
    expect([ViaName.is(valued), addressText(valued)]).toEqual([true, 'names "a"'])
  })
})

describe('ownAddress', () => {
  test('is an address that nobody can change any more', async () => {
    const { names, puppet } = await stage()
    const pid = await puppet()
    const via = names.via('a')
    expect([ownAddress('keep', pid), ownAddress('keep', via)]).toEqual([pid, via])
    const [plainVia, plainPid] = [{ registry: 'names', key: ['a'] }, { ...pid }]
    const owned = [ownAddress('keep', plainVia), ownAddress('keep', plainPid)]
    plainVia.key[0] = 'b'
    plainPid.serial = -1
    expect(owned).toEqual([{ registry: 'names', key: ['a'] }, { ...pid }])
  })

  test('is refused to what is none', () => {
    for (const wrong of [undefined, null, 'x', {}, { registry: 1, key: 1 }, { registry: 'x' }]) {
      expect(() => ownAddress('keep', wrong)).toThrow(/^Cannot keep: the address is/)
    }
  })
})

describe('an address where somebody else than the asker is at home', () => {
  test('is looked up on the node that is given', async () => {
    const { names, start } = await stage()
    const pid = await start(puppet, [], { name: names.via('a') })
    const process = LocalPid.processOf(pid)
    const plain = { registry: 'names', key: 'a' }
    expect(() => locate('find', plain)).toThrow('nothing here knows the registry "names"')
    expect(locate('find', plain, process?.node)).toBe(process)
    expect(locate('find', { ...pid }, process?.node)).toBe(process)
  })
})

describe('addressText', () => {
  test('shows any address in one line, and never throws', async () => {
    const { names, puppet: another } = await stage()
    const pid = await another()
    expect(addressText(names.via('a\nb'))).toBe('names "a\\nb"')
    expect(addressText({ registry: 'r', key: ['x', 1] })).toBe('r ["x", 1]')
    expect([addressText(pid), addressText(asData<Pid>(pid))]).toEqual([`${pid}`, `${pid}`])
    for (const [, value] of hostileValues()) {
      expect(addressText(value as never)).toMatch(/^[^\n]{0,200}$/)
    }
  })
})

test('casts and messages find their way by data as well', async () => {
  const { puppet: another, host } = await stage()
  const log: unknown[] = []
  const [sender, receiver] = [await another(), await another(log)]
  const plain = asData<Pid>(receiver)
  await call(sender, 'run', () => [cast(plain, 'note', 1), send(plain, 2)])
  await host.settle()
  expect(log).toEqual([1, 2])
})

function asData<T>(value: object): T {
  return JSON.parse(JSON.stringify(value)) as T
}

describe('absenceOf', () => {
  test('is noproc for a process that is gone and for a free name', async () => {
    const { puppet, names } = await stage()
    const pid = await puppet()
    exit(pid, 'kill')
    expect(absenceOf(pid)).toEqual({ kind: 'noproc', address: formatPid(pid) })
    expect(absenceOf(names.via('a'))).toEqual({ kind: 'noproc', address: 'names "a"' })
  })

  test('is nodedown for a pid whose node has stopped [GS-024]', async () => {
    const [here, there] = [await stage(), await stage()]
    const [pid, far] = [await here.puppet(), await there.puppet()]
    await there.node.stop()
    const reason = { kind: 'nodedown', node: there.node.name }
    const seen = await inside(pid, async (context) => {
      context.trapExits(true)
      context.link(far)
      context.monitor(far)
      return [
        await tryCall(far, 'run', () => 1),
        await tryCall(far, 'run', () => 1, { timeoutMs: 'infinity' }),
        await stopServer(far).catch((error: Exit) => ({ exit: error })),
        { exit: { reason: await ended(far) } },
      ]
    })
    expect(seen).toMatchObject(Array.from({ length: 4 }, () => ({ exit: { reason } })))
    expect(await tryCall(far, 'run', () => 1)).toMatchObject({ ok: false, exit: { reason } })
    // As in OTP a cast says nothing about arrival.
    expect([cast(far, 'note', 1), send(far, 1), isAlive(far)]).toEqual([true, true, false])
    expect(new Exit(absenceOf(far)).code).toBe('FLOTILLA_EXIT_NODEDOWN')
  })

  test('is nodedown for a pid that names another node than that of the asker [GS-024]', async () => {
    const { puppet, host } = await stage()
    const log: unknown[] = []
    const pid = await puppet(log)
    const far: Pid = { node: 'elsewhere', serial: 1, incarnation: 1 }
    const reason = { kind: 'nodedown', node: 'elsewhere' }
    const seen = await inside(pid, async (context) => {
      context.monitor(far)
      return [
        await tryCall(far, 'x', undefined),
        cast(far, 'x'),
        send(far, 1),
        isAlive(far),
        whereis(far),
      ]
    })
    await host.settle()
    expect(seen).toMatchObject([{ ok: false, exit: { reason } }, true, true, false, far])
    expect(log).toEqual([{ down: reason, pid: undefined }])
  })

  test('is noproc for a pid of an earlier life of the same node', async () => {
    const { puppet } = await stage()
    const pid = await puppet()
    const before = { ...structuredClone({ ...pid }), incarnation: 1 }
    const outcome = await inside(pid, () => tryCall(before, 'run', () => 1))
    expect(outcome).toMatchObject({ ok: false, exit: { reason: { kind: 'noproc' } } })
  })
})
