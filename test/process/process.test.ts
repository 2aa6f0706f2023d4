import fc from 'fast-check'
import { virtualHost } from 'flotilla/testing'
import { describe, expect, test } from 'vitest'
import { Note } from '../../src/process/envelope.ts'
import { NodeRuntime } from '../../src/process/node-runtime.ts'
import {
  adopt,
  type Behaviour,
  childrenOf,
  disown,
  type Naming,
  Process,
} from '../../src/process/process.ts'

describe('the children of a process', () => {
  test('are listed oldest first', () => {
    const { parent, make } = family()
    const [a, b, c] = [make(), make(), make()]
    expect(childrenOf(parent)).toEqual([a, b, c])
  })

  test('leave the list from its start, its middle and its end', () => {
    const { parent, make } = family()
    const [a, b, c, d] = [make(), make(), make(), make()]
    disown(parent, b)
    expect(childrenOf(parent)).toEqual([a, c, d])
    disown(parent, a)
    disown(parent, d)
    expect(childrenOf(parent)).toEqual([c])
    disown(parent, c)
    expect([childrenOf(parent), parent.extras.firstChild, parent.extras.lastChild]).toEqual([
      [],
      undefined,
      undefined,
    ])
  })

  test('stay as they are when one leaves that is in no list', () => {
    const { parent, make, stranger } = family()
    const a = make()
    disown(parent, stranger())
    disown(parent, a)
    disown(parent, a)
    expect(childrenOf(parent)).toEqual([])
  })

  test('are a copy, safe to walk while they end', () => {
    const { parent, make } = family()
    const all = [make(), make(), make()]
    for (const child of childrenOf(parent)) disown(parent, child)
    expect([childrenOf(parent).length, all.length]).toEqual([0, 3])
  })

  test('are what an array would hold after any joining and leaving', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(20)), { maxLength: 60 })
    fc.assert(
      fc.property(steps, (taken) => {
        const { parent, make } = family()
        const model: Process[] = []
        for (const [joins, index] of taken) {
          if (joins) model.push(make())
          else {
            const [gone] = model.splice(index % Math.max(1, model.length), 1)
            if (gone !== undefined) disown(parent, gone)
          }
          expect(childrenOf(parent)).toEqual(model)
        }
      }),
    )
  })
})

describe('what a process says of itself', () => {
  test('is its name once it has one, else its label and pid', () => {
    const { make } = family()
    const process = make()
    expect(process.describe()).toBe(`worker ${process.pid}`)
    const owner: Naming = { name: 'users', free: () => undefined, holder: () => process }
    process.nameKey = ['eu', 5]
    process.nameOwner = owner
    expect(process.describe()).toBe('users ["eu", 5]')
  })

  test('about the message in hand is its kind and name, never its payload', () => {
    const { make } = family()
    const process = make()
    expect(process.lastMessage).toBeUndefined()
    process.held = new Note('cast', 'login', 'hunter2')
    expect(process.lastMessage).toBe('cast "login"')
    process.held = new Note('info', '', 'hunter2')
    expect(process.lastMessage).toBe('info')
  })
})

describe('the rare parts of a process', () => {
  test('are made on first use only, so that an idle worker stays small', () => {
    const { make } = family()
    const process = make()
    expect(process.extrasIfAny).toBeUndefined()
    expect(process.extras).toBe(process.extrasIfAny)
    expect(process.extras).toBe(process.extras)
  })
})

function family() {
  const node = new NodeRuntime({ name: 'n', host: virtualHost(), chargesEscapes: false })
  const stranger = () => new Process(node, behaviour, undefined)
  const parent = stranger()
  const make = (): Process => {
    const child = new Process(node, behaviour, parent)
    adopt(parent, child)
    return child
  }
  return { parent, make, stranger }
}

const behaviour: Behaviour = {
  label: 'worker',
  maxMailboxSize: 10,
  calls: new Set<string>(),
  casts: new Set<string>(),
  init: () => ({ kind: 'running' }),
  receive: () => undefined,
  terminate: () => undefined,
}
