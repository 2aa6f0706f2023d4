import { argumentCodes } from 'flotilla'
import { describe, expect, test } from 'vitest'
import { runAs } from '../../src/process/current.ts'
import { NodeRuntime } from '../../src/process/node-runtime.ts'
import { checkDelivery, checkOwner, checkWait, labelOf } from '../../src/task/task-options.ts'
import { bareNode, bareProcess } from '../process/bare.ts'
import { codeOf } from '../supervisor/running.ts'

describe('labelOf', () => {
  test.each([
    [
      'a named function',
      function fetchPage() {
        return 1
      },
      undefined,
      'fetchPage',
    ],
    [
      'an anonymous function',
      (
        () => () =>
          undefined
      )(),
      undefined,
      'task',
    ],
    ['a function with an unfit name', { 'a\nb': () => undefined }['a\nb'], undefined, 'task'],
    ['a proxy that throws', new Proxy(() => 0, { get: () => fail() }), undefined, 'task'],
    ['a label', () => undefined, 'mine', 'mine'],
  ])('is made from %s', (_, work, label, wanted) => {
    expect(labelOf('x', work, label)).toBe(wanted)
  })

  test('refuses what cannot be a name', () => {
    expect(codeOf(() => labelOf('x', () => 0, ''))).toBe(argumentCodes.invalid_argument)
  })
})

describe('checkWait', () => {
  test('fills in five seconds and takes infinity', () => {
    expect(checkWait('x', {})).toBe(5000)
    expect(checkWait('x', { timeoutMs: 'infinity' })).toBe('infinity')
    expect(codeOf(() => checkWait('x', { timeoutMs: Number.NaN }))).toBe(
      argumentCodes.invalid_option,
    )
  })
})

describe('checkOwner', () => {
  test('is the caller where nobody owns the task', () => {
    const process = bareProcess(bareNode())
    expect(checkOwner('x', undefined, 'task')).toBeUndefined()
    expect(runAs(process, () => checkOwner('x', undefined, 'task'))).toBe(process)
  })

  test('refuses every other process, and code outside any', () => {
    const node = bareNode()
    const [owner, other] = [bareProcess(node), bareProcess(node)]
    expect(runAs(owner, () => checkOwner('x', owner, 'task'))).toBe(owner)
    const foreign = () => runAs(other, () => checkOwner('x', owner, 'task'))
    expect(codeOf(foreign)).toBe(argumentCodes.wrong_process)
    expect(codeOf(() => checkOwner('x', owner, 'task'))).toBe(argumentCodes.wrong_process)
  })

  test('takes code of nobody for that of the owner where nothing is charged', () => {
    const { host } = bareNode()
    const owner = bareProcess(new NodeRuntime({ name: 'x', host, chargesEscapes: false }))
    expect(checkOwner('x', owner, 'task')).toBe(owner)
  })
})

describe('checkDelivery', () => {
  test('wants an owner that has the cast', () => {
    const owner = bareProcess(bareNode())
    checkDelivery('x', undefined, undefined)
    expect(codeOf(() => checkDelivery('x', 'a', undefined))).toBe(argumentCodes.invalid_option)
    expect(codeOf(() => checkDelivery('x', 'a', owner))).toBe(argumentCodes.unknown_message)
  })
})

function fail(): never {
  throw new Error('asked')
}
