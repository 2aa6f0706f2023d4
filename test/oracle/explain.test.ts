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

function lineOf(step: number, isWanted: boolean): string {
  return `ok\t1#1 got cast ${isWanted ? step : 0};1#1 stray\t0()`
}

/** The noise that counts at the beginning of a step, the first of which has the number 0. */
function noiseIn(step: number, { noise, turns }: Pick<Assignment, 'noise' | 'turns'>): number {
  const last = turns.findLast(({ from }) => from <= (step - 1) * 1000)
  return last?.noise ?? noise
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

  test('of several steps is explained by a schedule that turns from step to step', async () => {
    const steps = [1, 2, 3, 4]
    const show = ({ noise, turns }: Pick<Assignment, 'noise' | 'turns'>): string =>
      steps.map((step) => lineOf(step, noiseIn(step, { noise, turns }) % 11 === step)).join('\n')
    const run = async (batch: readonly Assignment[]): Promise<string[]> => batch.map(show)
    const wanted = canonical(program, steps.map((step) => lineOf(step, true)).join('\n'))
    const alone = canonical(program, show({ noise: 1, turns: [] }))
    const found = await explain({ run }, { program, usual: alone, wanted }, patience(4096))
    expect(found).toMatchObject({ found: true })
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
