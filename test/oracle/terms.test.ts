import { expect, test } from 'vitest'
import { encodeBatch } from '../../oracle/encode.ts'
import { TermWriter } from '../../oracle/terms.ts'
import { kill, programOf } from './programs.ts'

// Expected bytes: erlang:term_to_binary/1 of OTP 25, with atoms written by their short form.
test.each<[string, (to: TermWriter) => TermWriter, number[]]>([
  ['0', (to) => to.integer(0), [131, 97, 0]],
  ['255', (to) => to.integer(255), [131, 97, 255]],
  ['256', (to) => to.integer(256), [131, 98, 0, 0, 1, 0]],
  ['-2', (to) => to.integer(-2), [131, 98, 255, 255, 255, 254]],
  ['ok', (to) => to.atom('ok'), [131, 119, 2, 111, 107]],
  ['true', (to) => to.boolean(true), [131, 119, 4, 116, 114, 117, 101]],
  ['{1, a}', (to) => to.tuple(2).integer(1).atom('a'), [131, 104, 2, 97, 1, 119, 1, 97]],
  ['[]', (to) => to.list([], () => undefined), [131, 106]],
  [
    '[1, 2]',
    (to) => to.list([1, 2], (each) => to.integer(each)),
    [131, 108, 0, 0, 0, 2, 97, 1, 97, 2, 106],
  ],
])('writes %s as Erlang does', (_, write, bytes) => {
  expect([...write(new TermWriter()).bytes()]).toEqual(bytes)
})

test('grows with what is written', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => index)
  const writer = new TermWriter()
  writer.list(many, (each) => writer.integer(each))
  expect(writer.bytes().length).toBe(1 + 5 + 256 * 2 + (10_000 - 256) * 5 + 1)
})

test('a batch says how to schedule each program', () => {
  const program = programOf([], [kill(0)])
  const text = encodeBatch([{ program, noise: 7, slow: 'any', turns: [] }]).toString('latin1')
  for (const atom of ['any', 'supervisor', 'one_for_one', 'signal', 'kill']) {
    expect(text).toContain(atom)
  }
})
