/**
 * Hostile values thrown where nobody catches them.
 *
 * How they are charged to their process is tested in programs of their own; here, that an error
 * which no process is to blame for ends the OS process with words, whatever was thrown.
 */
import { systemHost } from 'flotilla'
import { expect, onTestFinished, test, vi } from 'vitest'
import { hostileValues } from './hostile-values.ts'
import { disguise } from './stage.ts'

type Listener = (error: unknown) => void

test('an error of nobody is written out and ends the OS process, whatever was thrown', () => {
  const { said, codes, throwAtTop } = lastResort(() => false)
  for (const { make } of hostileValues) throwAtTop(make())
  expect(codes).toEqual(hostileValues.map(() => 1))
  expect(said.every((text) => text.startsWith('Uncaught ') && text.endsWith('\n'))).toBe(true)
})

test('an error of a process is handed to its node as it is', () => {
  const charged: unknown[] = []
  const { codes, throwAtTop } = lastResort((error) => charged.push(error) > 0)
  const values = hostileValues.map(({ make }) => make())
  for (const value of values) throwAtTop(value)
  expect(codes).toEqual([])
  expect(charged.map((error, index) => Object.is(error, values[index]))).not.toContain(false)
})

/** Catches errors as a node does, with nobody else listening and without ending anything. */
function lastResort(onEscape: (error: unknown) => boolean) {
  const kind = 'uncaughtException'
  const others = process.listeners(kind)
  const capture = systemHost().escapes?.capture(onEscape)
  const ours = process.listeners(kind).filter((listener) => !others.includes(listener))
  const said: string[] = []
  const codes: unknown[] = []
  vi.spyOn(process, 'listeners').mockImplementation(() => disguise(ours))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0)
  vi.spyOn(process, 'exit').mockImplementation((code) => codes.push(code) as never)
  onTestFinished(() => {
    vi.restoreAllMocks()
    capture?.cancel()
  })
  const throwAtTop: Listener = (error) => {
    for (const listener of ours) Reflect.apply(listener, process, [error, kind])
  }
  return { said, codes, throwAtTop }
}
