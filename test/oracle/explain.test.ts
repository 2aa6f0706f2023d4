import { describe, expect, test } from 'vitest'
import type { Assignment } from '../../oracle/encode.ts'
import { explain, type Riddle } from '../../oracle/explain.ts'
import { canonical } from '../../oracle/trace.ts'
import { plainWorker, programOf } from './programs.ts'

const program = programOf([plainWorker(1), plainWorker(2)])
const usual = 'ok\t1#1 got cast 1;2#1 got cast 2;2#1 stray\t0()'
const other = 'ok\t1#1 got cast 1;2#1 got cast 2\t0()'
const riddle: Riddle = {
  program,
  usual: canonical(program, usual),
  wanted: canonical(program, other),
}

/** A BEAM that shows the other trace under some schedules. */
function beam(shows: (assignment: Assignment) => boolean) {
  const asked: Assignment[] = []
  const run = async (batch: readonly Assignment[]): Promise<string[]> => {
    asked.push(...batch)
    return batch.map((assignment) => (shows(assignment) ? other : usual))
  }
  return { run, asked }
}

function patience(schedules: number, isOver = () => false) {
  return { schedules, isOver }
}

describe('a difference', () => {
  test('is explained at once by slowing down the process that differs', async () => {
    const { run } = beam(({ slow }) => slow !== 'any' && slow.join() === '2')
    expect(await explain({ run }, riddle, patience(100))).toEqual({ found: true, tried: 1 })
  })

  test('may take a schedule in which others are slow', async () => {
    const { run } = beam(
      ({ slow, noise }) => slow !== 'any' && slow.join() === '1' && noise % 2 === 0,
    )
    expect(await explain({ run }, riddle, patience(100))).toMatchObject({ found: true })
  })

  test('stays one when no schedule shows the trace', async () => {
    const { run, asked } = beam(() => false)
    expect(await explain({ run }, riddle, patience(160))).toEqual({ found: false, tried: 160 })
    expect(asked).toHaveLength(160)
    expect(
      await explain(
        { run },
        riddle,
        patience(160, () => true),
      ),
    ).toMatchObject({ tried: 0 })
    expect(asked.every(({ noise }) => noise > 0)).toBe(true)
  })
})
