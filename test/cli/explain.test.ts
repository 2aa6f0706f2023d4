import { expect, test } from 'vitest'
import { explainFailure } from '../../src/cli/explain.ts'
import { failedReport } from './reports.ts'

const from = { command: 'npx flotilla', folder: '/project' }
const library = new URL('../../src/', import.meta.url).href

function explained(parts: object): string {
  return explainFailure({ ...failedReport(7), ...parts }, from).join('\n')
}

test('a failure is shown where the code of the user threw it, without the frames of others', () => {
  const stack = [
    'Error: it is wrong',
    `    at always (${library}testing/simulation/assertions.ts:9:23)`,
    '    at Object.finally (file:///project/a.sim.js:40:7)',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    `    at work (${library}testing/simulation/play.ts:215:56)`,
  ].join('\n')
  const { failure } = failedReport(7)
  const text = explained({ failure: { ...failure, stack } })
  expect(text).toContain('\n    at Object.finally (a.sim.js:40:7)\n  schedule ')
  expect(text).not.toContain('play.ts')
})

test('the faults of a failed run have their names and times, and who was meant if the name does not say', () => {
  const injected = [
    { name: 'kill a 1', target: 'a/5', atMs: 900 },
    { name: 'escape a/3 437', target: 'a/3', atMs: 21_689 },
  ]
  expect(explained({ injected }).split('\n')).toEqual(
    expect.arrayContaining([
      '  the faults that happened:',
      '         900.000 ms  kill a 1, of a/5',
      '       21689.000 ms  escape a/3 437',
    ]),
  )
  expect(explained({})).not.toContain('that happened')
})

test('an exit that a client did not expect comes with what to do about it, another error does not', () => {
  const { failure } = failedReport(7)
  const client = { ...failure, kind: 'client', subject: 'adder 1' }
  const hint = 'tell them with Exit.is'
  expect(explained({ failure: { ...client, stack: 'Exit: Call "add" failed' } })).toContain(hint)
  expect(explained({ failure: { ...client, stack: 'Error: mine' } })).not.toContain(hint)
  expect(explained({ failure: { ...failure, stack: 'Exit: of a check' } })).not.toContain(hint)
})
