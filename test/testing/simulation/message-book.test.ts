import { expect, test } from 'vitest'
import { end } from '../../../src/process/dying.ts'
import { Note } from '../../../src/process/envelope.ts'
import { Request } from '../../../src/process/request.ts'
import { MessageBook } from '../../../src/testing/simulation/message-book.ts'
import { bareNode, bareProcess } from '../../process/bare.ts'

const content = { kind: 'call', name: 'x', payload: 1, timeoutMs: 5, asOutcome: true } as const

test('numbers messages in order, each once', () => {
  const book = new MessageBook()
  const notes = [new Note('cast', 'x', 1), new Note('cast', 'x', 2)]
  expect(notes.map((note) => book.number(note, 5))).toEqual([1, 2])
  expect(notes.map((note) => book.number(note, 9))).toEqual([1, 2])
  expect(notes.map((note) => book.sentMs(note))).toEqual([5, 5])
})

test('forgets a note once it is handled, and a call once it is also answered', () => {
  const book = new MessageBook()
  const note = new Note('cast', 'x', 1)
  const call = new Request(bareProcess(bareNode()), undefined, content)
  for (const message of [note, call]) book.number(message, 0)
  book.handled(note)
  book.handled(call)
  expect(book.numberOf(note)).toBeUndefined()
  expect(book.numberOf(call)).toBe(2)
  call.answer(1)
  book.settled(call)
  expect(book.numberOf(call)).toBeUndefined()
})

test('calls a process the same in life and death', () => {
  const book = new MessageBook()
  const node = bareNode()
  book.know(node, 'a~2')
  const process = bareProcess(node)
  const reference = book.reference(process)
  expect(reference).toBe(`a~2/${process.pid.serial}`)
  end(process, { kind: 'normal' })
  book.gone(process)
  expect(book.reference(process)).toBe(reference)
})
