import { expect, test } from 'vitest'
import { push, shift } from '../../src/core/inbox.ts'
import { downNote, type Envelope, exitNote, Note } from '../../src/process/envelope.ts'

const pid = { node: 'test', serial: 1, incarnation: 1 }
const reason = { kind: 'shutdown' } as const

test('an exit signal carries who sent it and why', () => {
  const signal = { from: pid, reason }
  expect(exitNote(signal)).toMatchObject({ kind: 'exit', signal, down: undefined })
})

test('a report of a monitor carries which monitor, whom and why', () => {
  const down = { monitor: { id: 1 }, address: pid, pid, reason }
  expect(downNote({ down })).toMatchObject({ kind: 'down', down, signal: undefined })
})

test('a note of every kind has the same shape, so that one inbox holds them all cheaply', () => {
  const notes = [
    new Note('cast', 'add', 1),
    exitNote({ from: pid, reason }),
    downNote({ down: { monitor: { id: 1 }, address: pid, pid, reason } }),
  ]
  const inbox = { head: undefined, tail: undefined, size: 0 } as {
    head: Envelope | undefined
    tail: Envelope | undefined
    size: number
  }
  for (const note of notes) push(inbox, note)
  expect(new Set(notes.map((note) => Object.keys(note).join())).size).toBe(1)
  expect([shift(inbox), shift(inbox), shift(inbox), shift(inbox)]).toEqual([...notes, undefined])
})
