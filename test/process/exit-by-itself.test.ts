import { describe, expect, it } from 'vitest'
import { runProgram } from './run-program.ts'

const nothing = {
  processes: 0,
  deadlines: 0,
  rows: 0,
  monitors: 0,
  links: 0,
  queued: 0,
  deferred: 0,
}

describe('an OS process', () => {
  it('ends by itself after node.stop() of a churned system, of which nothing is left', async () => {
    const { exitCode, printed, complaints } = await runProgram('exit-by-itself.mjs', 'stopped')
    expect({ exitCode, complaints }).toEqual({ exitCode: 0, complaints: '' })
    expect(printed).toEqual([{ before: expect.anything(), after: nothing, reasons: ['shutdown'] }])
    const { before } = printed[0]
    expect(before).toMatchObject({ deferred: 2 })
    for (const held of ['processes', 'deadlines', 'rows', 'monitors', 'queued']) {
      expect([held, before[held]]).not.toEqual([held, 0])
    }
  })

  it('ends by itself after the root of its node has given up', async () => {
    const { exitCode, printed, complaints } = await runProgram('exit-by-itself.mjs', 'gave-up')
    expect(exitCode).toBe(0)
    expect(printed).toEqual([{ reason: 'shutdown', after: nothing }])
    expect(complaints).toContain('FlotillaWarning: Node "local" is over')
  })

  it('ends by itself after a start that failed halfway', async () => {
    const ran = await runProgram('exit-by-itself.mjs', 'not-started')
    expect(ran).toEqual({
      exitCode: 0,
      printed: [{ code: 'FLOTILLA_EXIT_SHUTDOWN' }],
      complaints: '',
    })
  })

  it('is not kept alive by a node with nothing to wait for', async () => {
    const ran = await runProgram('exit-by-itself.mjs', 'left-alone')
    expect(ran).toEqual({ exitCode: 0, printed: [{}], complaints: '' })
  })
})
