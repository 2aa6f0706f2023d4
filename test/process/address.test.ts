import { ArgumentError, call, cast, type Pid, send, tryCall, type Via } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { addressText, asVia, locate, resolverOf, ViaName } from '../../src/process/address.ts'
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

  test('refuses a pid of another node written out as data', async () => {
    const [here, there] = [await stage(), await stage()]
    const [pid, far] = [await here.puppet(), asData<Pid>(await there.puppet())]
    const failed = await inside(pid, () => {
      try {
        return locate('call', far)
      } catch (error) {
        return error
      }
    })
    expect(failed).toBeInstanceOf(ArgumentError)
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
  // VIA-011, VIA-026
  test('is plain data: the registry and the key, with its way there hidden', async () => {
    const { names } = await stage()
    const via = names.via('a')
    expect(asData(via)).toEqual({ registry: 'names', key: 'a' })
    expect([ViaName.is(via), ViaName.is({ ...via })]).toEqual([true, false])
    expect(ViaName.resolverOf(via)?.name).toBe('names')
  })

  // VIA-024
  test('of a registry that nobody here knows is refused with the way out', () => {
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
