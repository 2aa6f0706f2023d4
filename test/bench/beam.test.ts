import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { allRows } from '../../bench/plan.ts'

/** Each workload at a tiny size: what it is given, what it intends and the figures it tells. */
const workloads = [
  { name: 'call-one', size: 1, count: 200, intended: 200, figures: ['nsPerOperation'] },
  { name: 'call-pairs', size: 64, count: 333, intended: 333, figures: ['operationsPerSecond'] },
  { name: 'call-random', size: 50, count: 333, intended: 333, figures: ['operationsPerSecond'] },
  { name: 'cast-one', size: 1, count: 500, intended: 500, figures: ['operationsPerSecond'] },
  { name: 'start', size: 200, count: 1, intended: 200, figures: ['operationsPerSecond'] },
  {
    name: 'memory',
    size: 200,
    count: 1,
    intended: 200,
    figures: ['bytesPerWorker', 'bytesPerHibernatingWorker'],
  },
  {
    name: 'million',
    size: 300,
    count: 1,
    intended: 300,
    figures: ['startSeconds', 'callSeconds', 'rssBytes', 'rssBytesBefore'],
  },
  { name: 'lookup', size: 1_500, count: 400, intended: 400, figures: ['nsPerOperation'] },
  { name: 'restart', size: 20, count: 30, intended: 30, figures: ['p50Us', 'p99Us'] },
  { name: 'restart-64', size: 70, count: 30, intended: 30, figures: ['p50Us', 'p99Us'] },
  { name: 'crash-many', size: 100, count: 1, intended: 100, figures: ['operationsPerSecond'] },
  { name: 'crash-many-64', size: 100, count: 1, intended: 100, figures: ['operationsPerSecond'] },
  { name: 'kill-down', size: 1, count: 200, intended: 200, figures: ['operationsPerSecond'] },
  { name: 'stop-fleet', size: 200, count: 1, intended: 200, figures: ['operationsPerSecond'] },
  { name: 'stop-fleet-64', size: 200, count: 1, intended: 200, figures: ['operationsPerSecond'] },
  {
    name: 'rendezvous',
    size: 4,
    count: 500,
    intended: 500,
    figures: ['nsPerOperation', 'maxByNsPerOperation', 'mixerNsPerOperation'],
  },
] as const

const isElixirHere = spawnSync('elixir', ['--version']).status === 0

describe('the plan', () => {
  test('asks nothing of the BEAM that is not tried here', () => {
    const asked = allRows.flatMap((row) =>
      row.entries
        .filter(({ arm }) => arm === 'beam' || arm === 'beam-2')
        .map(({ workload }) => workload ?? row.workload),
    )
    const tried = new Set<string>(workloads.map(({ name }) => name))
    expect(asked.length).toBeGreaterThan(10)
    expect(asked.filter((workload) => !tried.has(workload))).toEqual([])
  })
})

describe.runIf(isElixirHere)('the BEAM arm (runs only where elixir is installed)', () => {
  test.each(workloads)('completes all of $name', ({ name, size, count, intended, figures }) => {
    const { status, stdout, stderr } = arm(name, String(size), String(count))
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')).toEqual([expect.any(String), ''])
    const answer = JSON.parse(stdout)
    expect(answer).toMatchObject({ intended, completed: intended })
    expect(Object.keys(answer.figures)).toEqual(figures)
    expect(Object.values(answer.figures).every((figure) => Number(figure) > 0)).toBe(true)
  })

  test.each([
    { given: ['nonsense', '1', '1'], says: 'no workload "nonsense"; there are call-one, ' },
    { given: ['start', '0', '1'], says: 'size is "0"' },
    { given: ['start', '1', 'many'], says: 'count is "many"' },
    { given: ['start'], says: 'usage: ' },
  ])('refuses $given with exit code 2, on stderr alone', ({ given, says }) => {
    const { status, stdout, stderr } = arm(...given)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(says)
  })
})

function arm(...given: readonly string[]) {
  const program = fileURLToPath(new URL('../../bench/beam/main.exs', import.meta.url))
  return spawnSync('elixir', ['--erl', '+S 1:1 +P 4000000', program, ...given], {
    encoding: 'utf8',
  })
}
