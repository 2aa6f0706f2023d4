import { describe, expect, test } from 'vitest'
import { runOnFlotilla } from '../../oracle/flotilla/driver.ts'
import { kill, plainSupervisor, plainWorker, programOf } from './programs.ts'

describe('a program on Flotilla', () => {
  test('gives a line for its start, for each operation and for its end', async () => {
    const trace = await runOnFlotilla(programOf([plainWorker(1)], [kill(1)]))
    expect(trace.split('\n')).toEqual([
      'ok 0\t1#1 init ok\t0(1=1#1)',
      'ok\t1#2 init ok;1#1 ended killed;c1 outcome ok\t0(1=1#2)',
      'over\t1#2 ended shutdown;0 ended shutdown\t',
    ])
  })

  test('shows names, nested supervisors and who is gone', async () => {
    const inner = plainSupervisor(1, [plainWorker(2, { name: 0 })], { restart: 'permanent' })
    const last = plainWorker(3, { restart: 'temporary', traps: true })
    const trace = await runOnFlotilla(programOf([inner, last], [kill(2), kill(3)]))
    const states = trace.split('\n').map((line) => line.split('\t')[2])
    expect(states).toEqual([
      '0(1=1(2=2#1) 3=3#1) k0=2#1',
      '0(1=1(2=2#2) 3=3#1) k0=2#2',
      '0(1=1(2=2#2)) k0=2#2',
      '',
    ])
  })

  test('says why a tree did not start', async () => {
    const trace = await runOnFlotilla(
      programOf([plainWorker(1), plainWorker(2, { inits: ['boom'] })]),
    )
    expect(trace.split('\n')[0]).toBe('error failed(2 boom)\t1#1 init ok;2#1 init boom;1#1 gone\t-')
  })

  test('is always the same', async () => {
    const program = programOf([plainWorker(1), plainWorker(2)], [kill(2), kill(1)])
    expect(await runOnFlotilla(program)).toBe(await runOnFlotilla(program))
  })
})
