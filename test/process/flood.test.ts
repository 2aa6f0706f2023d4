import { describe, expect, test } from 'vitest'
import { type Ran, runProgram } from './run-program.ts'

const casts = 1_000_000
const mailboxSize = 100_000

// A gap counts as ours only as far as this OS process had the processor meanwhile: on a machine
// that is busy with something else the clock alone would blame us for the others. See gaps.mjs.
const gapMaxMs = 50

describe('a flood of a million casts', () => {
  test('in chunks is refused at the limit and starves neither sockets nor timers', async () => {
    const flood = oneFlood(await runProgram('flood.mjs', 'chunks'))
    expectRefusals(flood)
    expectShortGaps(flood)
  })

  test('in one loop is refused at the limit and starves nobody afterwards', async () => {
    const flood = oneFlood(await runProgram('flood.mjs', 'loop'))
    expect(flood.accepted).toBe(mailboxSize)
    expectRefusals(flood)
    expectShortGaps(flood)
  })

  test('of two processes to each other starves neither sockets nor timers', async () => {
    const flood = oneFlood(await runProgram('flood.mjs', 'chatter'))
    expect(flood).toMatchObject({ handled: casts / 2, refused: 0 })
    expectShortGaps(flood)
  })
})

function oneFlood(ran: Ran) {
  expect(ran).toMatchObject({ exitCode: 0, complaints: '' })
  expect(ran.printed).toHaveLength(1)
  return ran.printed[0]
}

function expectRefusals(flood: Ran['printed'][0]): void {
  const { accepted, handled, refused, overloads } = flood
  expect(refused).toBeGreaterThan(0)
  expect(accepted + refused).toBe(casts)
  expect(handled).toBe(accepted)
  expect(overloads).toEqual({ events: refused, greatestMailbox: mailboxSize })
}

function expectShortGaps({ timer, echo }: Ran['printed'][0]): void {
  expect(timer.count).toBeGreaterThan(10)
  expect(echo.count).toBeGreaterThan(5)
  expect(timer.greatestOwnMs).toBeLessThan(gapMaxMs)
  expect(echo.greatestOwnMs).toBeLessThan(gapMaxMs)
}
