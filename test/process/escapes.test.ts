import { describe, expect, test } from 'vitest'
import { type Ran, runProgram } from './run-program.ts'

const escaped = { kind: 'crash', error: 'escaped' }
const report = { node: 'local', label: 'careless', ...escaped }
const ways = [
  'floatingPromise',
  'floatingFunction',
  'timer',
  'immediate',
  'nextTick',
  'emitterOfItsOwn',
  'notAnError',
]
const nothingThrown = { way: 'nothingAtAll', reason: { kind: 'crash', error: 'undefined' } }

describe('an error that escapes from the asynchronous work of a process', () => {
  test('ends that process and nothing else, whichever way it leaves the handler', async () => {
    expect(await ranWell('inHandler')).toEqual([
      ...ways.map((way) => ({ way, reason: escaped })),
      nothingThrown,
      { reports: ways.length + 1, bystander: 'pong' },
    ])
  })

  test('ends that process also after an await', async () => {
    expect(await ranWell('afterAwait')).toEqual([
      ...ways.map((way) => ({ way, reason: escaped })),
      nothingThrown,
      { reports: ways.length + 1, bystander: 'pong' },
    ])
  })

  test('ends that process also if init left it behind, and is reported as a crash', async () => {
    expect(await ranWell('inInit')).toEqual([
      ...ways.map((way) => ({ way, report })),
      { way: 'nothingAtAll', report: { ...report, error: 'undefined' } },
    ])
  })

  // Node 20 leaves the context of a microtask before it passes on what was thrown in it.
  test('thrown in a queueMicrotask is known as its own from Node 24 on', async () => {
    const ran = await runProgram('escapes.mjs', 'inMicrotask')
    if (Number.parseInt(process.versions.node, 10) >= 24) {
      expect(ran).toEqual({ exitCode: 0, printed: [{ reason: escaped }], complaints: '' })
    } else expectTheUsualEnd(ran)
  })

  test('is told apart from the work of others that ran in the same turn', async () => {
    const alive = Array.from({ length: 10 }, (_, index) => index !== 4)
    expect(await ranWell('amongOthers')).toEqual([{ alive, reports: [report] }])
  })

  test('thrown by a listener into an emitter is charged to whoever emits', async () => {
    expect(await ranWell('emitterOfAnother')).toEqual([{ reason: escaped, listening: true }])
  })

  test('reaches those who wait for an answer of the process', async () => {
    expect(await ranWell('whileWaiting')).toEqual([{ reason: escaped }])
  })

  test('has no effect if the process ended before', async () => {
    expect(await ranWell('afterItsEnd')).toEqual([{ reports: [report], processes: 2 }])
  })

  test('has no effect if the process ended because its node was stopped', async () => {
    expect(await ranWell('whileStopping')).toEqual([{ reports: [] }])
  })

  test.each(['left', 'same'])('goes to its own node of two, called right or %s', async (name) => {
    const node = name === 'left' ? 'right' : 'same'
    expect(await ranWell(name === 'left' ? 'twoNodes' : 'twoNodesOfOneName')).toEqual([
      { reason: escaped, reports: [{ ...report, node }], other: 'pong' },
      { reason: escaped },
    ])
  })
})

describe('an error that belongs to no process', () => {
  test.each([
    ['thrown in a timer', 'ofNobodyThrown'],
    ['rejected by a floating promise', 'ofNobodyRejected'],
    ['thrown after the answer to a call', 'ofNobodyAfterACall'],
    ['thrown in a timer of a listener of the event feed', 'ofNobodyInAFeed'],
  ])('ends the OS process with exit code 1: %s', async (_, scene) => {
    expectTheUsualEnd(await runProgram('escapes.mjs', scene))
  })

  test('is one thrown by a subscriber of the channel as a process starts another', async () => {
    expect(await ranWell('thrownByAListener')).toEqual([{ error: 'escaped', alive: true }])
  })

  test.each([
    ['uncaughtException', 'heardThrown'],
    ['unhandledRejection', 'heardRejected'],
  ])('goes to the listener for %s that the program has', async (_, scene) => {
    expect(await ranWell(scene)).toEqual([{ error: 'escaped', reports: 1 }])
  })
})

describe('chargeAsyncErrors: false', () => {
  test.each([
    ['', 'switchedOff'],
    [' also beside a node that has it on', 'switchedOffBesideOn'],
  ])('leaves every escaped error its usual effect%s', async (_, scene) => {
    expectTheUsualEnd(await runProgram('escapes.mjs', scene))
  })

  test('does not make those pay who sent a message to the process', async () => {
    expect(await ranWell('switchedOffAtTheRequestOfOn')).toEqual([
      { error: 'escaped', alive: true },
    ])
  })
})

/** What a scene prints that comes to its end without a complaint. */
async function ranWell(scene: string): Promise<Ran['printed']> {
  const { exitCode, printed, complaints } = await runProgram('escapes.mjs', scene)
  expect({ exitCode, complaints }).toEqual({ exitCode: 0, complaints: '' })
  return printed
}

/** The end that Node gives a program with an error that nobody handled. */
function expectTheUsualEnd({ exitCode, printed, complaints }: Ran): void {
  expect({ exitCode, printed }).toEqual({ exitCode: 1, printed: [] })
  expect(complaints).toContain('Error: escaped\n    at fail')
}
