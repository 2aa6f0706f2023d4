import { describe, expect, test } from 'vitest'
import { Progress } from '../../bench/progress.ts'
import { callRow } from './runs.ts'

const turns = [
  { row: callRow, arm: 'flotilla', round: 1 },
  { row: callRow, arm: 'beam', round: 1 },
] as const

function shownOn(isTTY: boolean): string {
  let written = ''
  const output = {
    isTTY,
    write: (text: string) => {
      written += text
    },
  }
  const progress = new Progress(output, [{ id: 'other' }, callRow])
  for (const turn of turns) progress.show(turn)
  progress.clear()
  progress.clear()
  return written
}

describe('the progress', () => {
  test('is one line that changes, on a terminal, and leaves nothing behind', () => {
    const clear = '\r\u001b[2K'
    expect(shownOn(true)).toBe(
      `${clear}row 2 of 2: call-one, round 1, Flotilla` +
        `${clear}row 2 of 2: call-one, round 1, BEAM, 1 scheduler${clear}`,
    )
  })

  test('is a line for each row elsewhere', () => {
    expect(shownOn(false)).toBe('row 2 of 2: call-one\n')
  })
})
