import { expect, test } from 'vitest'
import { encodeBatch } from '../../oracle/encode.ts'
import { generate } from '../../oracle/generate/generate.ts'
import { programText } from '../../oracle/print.ts'
import { allPlaces, isValid, singleOperations } from '../../oracle/program.ts'

const programs = Array.from({ length: 3000 }, (_, number) => generate(7, number))

test('a program depends on its seed and number alone', () => {
  expect(generate(7, 1234)).toEqual(programs[1234])
  expect(generate(8, 1234)).not.toEqual(programs[1234])
})

test('both sides accept every program', () => {
  expect(programs.filter((program) => !isValid(program))).toEqual([])
  for (const program of programs) encodeBatch([{ program, noise: 0, slow: [], turns: [] }])
})

test('every kind of operation, action, child and choice occurs', () => {
  const texts = programs.map(programText).join('\n')
  const wanted = [
    ...['one_for_one', 'one_for_all', 'rest_for_one', 'any_significant', 'all_significant'],
    ...['permanent', 'transient', 'temporary', 'significant', 'brutal_kill', 'at most'],
    ...['raise', 'throw', 'junk', 'ignore', 'boom', 'bye', 'stops at an EXIT', 'stops at a DOWN'],
    ...['hangs in terminate', 'raises in terminate', 'in init link', 'traps exits', 'name k'],
    ...[
      'call uncaught',
      'for 1 ms',
      'later',
      'answer',
      'continue:',
      'whereis',
      'register',
      'unlink',
    ],
    ...['demonitor', 'GenServer.stop', 'exit signal kill', 'start under', 'count_children'],
    ...['terminate_child', 'restart_child', 'delete_child', 'at once:', 's pass', 'unregister'],
    ...['start under 0: supervisor', 'and a reply', 'trap exits no more'],
  ]
  expect(wanted.filter((text) => !texts.includes(text))).toEqual([])
})

test('trees have up to three levels and each place an id of its own', () => {
  const depths = programs.map((program) => {
    const ids = allPlaces(program).map(({ id }) => id)
    const started = [...singleOperations(program.operations)].filter(({ op }) => op === 'start')
    // A child that is started a second time has the id it had.
    if (started.length === 0) expect(new Set(ids).size).toBe(ids.length)
    return programText(program).match(/^ {4}(?:supervisor|worker|dynamic)/m) !== null
  })
  expect(depths).toContain(true)
  expect(programs.every((program) => !/^ {8}/m.test(programText(program)))).toBe(true)
})
