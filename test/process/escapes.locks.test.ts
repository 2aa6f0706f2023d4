import { expect, test } from 'vitest'
import { runProgram } from './run-program.ts'

test('an error that escapes from work under a lock ends the process that asked for the lock', async () => {
  expect(await runProgram('locks.mjs')).toEqual({
    exitCode: 0,
    printed: [
      ...['rejects', 'leavesBehind', 'asksAgain'].map((way) => {
        return { way, kind: 'crash', error: 'escaped' }
      }),
      { isAlive: true, locks: 1 },
      { free: 'free' },
    ],
    complaints: '',
  })
})
