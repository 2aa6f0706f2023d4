import { describe, expect, test } from 'vitest'
import { runProgram } from './run-program.ts'

const charged = { reason: 'crash: escaped', other: true }

describe('work that a process left behind', () => {
  test.each([
    ['a timer set by its timer', 'timerOfATimer'],
    ['a promise of its timer', 'promiseOfATimer'],
    ['a connection to the socket server of its init', 'failureOfAServer'],
    ['a promise that was waiting when another process left a timer', 'floatingPromise'],
  ])('is charged to it: %s', async (_, scene) => {
    expect(await ranWell(scene)).toEqual([charged])
  })

  test('goes on as its own in a handler that waited when another process left a timer', async () => {
    expect(await ranWell('handlerUnderWay')).toEqual([{ answer: 'run' }, charged])
  })

  test('is still known when it has ended, so that its calls are refused', async () => {
    expect(await ranWell('deadCode')).toEqual([{ refused: 'killed' }])
  })

  test('is known beside an asynchronous storage of the program, which keeps its own', async () => {
    expect(await ranWell('storageOfTheUser')).toEqual([
      {
        answers: ['run', 'request 1', 'run', 'request 1'],
        reason: 'crash: escaped',
        other: 'pong',
      },
    ])
  })
})

async function ranWell(scene: string): Promise<readonly unknown[]> {
  const { exitCode, printed, complaints } = await runProgram('left-behind.mjs', scene)
  expect({ exitCode, complaints }).toEqual({ exitCode: 0, complaints: '' })
  return printed
}
