import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { perform } from '../../src/cli/perform.ts'
import type { Task } from '../../src/cli/task.ts'

const fixture = (name: string): string =>
  fileURLToPath(new URL(`fixtures/${name}.sim.mjs`, import.meta.url))
const run = {
  kind: 'run',
  file: fixture('passing'),
  name: 'first',
  options: { seed: 1, minutes: 0.05 },
  wantsTimeline: false,
} as const

/** The clock of the OS process goes on by 3 ms at each look. */
function ask(task: Task) {
  let looks = 0
  const cpuMs = (): number => {
    looks += 1
    return looks * 3
  }
  return perform(task, { cpuMs, activeResources: () => process.getActiveResourcesInfo() })
}

test('lists the simulations of a file', async () => {
  const listed = await ask({ kind: 'list', file: fixture('passing') })
  expect(listed).toEqual({ kind: 'listed', names: ['first', 'second'] })
})

test('runs a seed, and leaves out the timeline if nobody wants it', async () => {
  const brief = await ask(run)
  const full = await ask({ ...run, wantsTimeline: true })
  if (brief.kind !== 'ran' || full.kind !== 'ran') throw new Error('want two runs')
  expect(brief.report).toMatchObject({ ok: true, name: 'first', seed: 1, cpuMs: 3, timeline: [] })
  expect(full.report.timeline.length).toBeGreaterThan(10)
  expect(full.report.hash).toBe(brief.report.hash)
})

test('gives a failure as plain data, with its timeline', async () => {
  const options = { seed: 1, minutes: 0.05 }
  for (let seed = 1; seed <= 200; seed += 1) {
    const file = fixture('losing')
    const answer = await ask({ ...run, file, name: 'losing', options: { ...options, seed } })
    if (answer.kind !== 'ran') throw new Error(answer.kind)
    if (answer.report.ok) continue
    expect(structuredClone(answer)).toEqual(answer)
    expect(answer.report.failure).toMatchObject({ kind: 'check', subject: 'finally' })
    expect(answer.report.failure?.stack).toContain('losing.sim.mjs')
    expect(answer.report.timeline.length).toBeGreaterThan(10)
    return
  }
  throw new Error('no seed up to 200 has lost a visit')
})

test('refuses what it cannot do', async () => {
  expect(await ask({ ...run, name: 'third' })).toMatchObject({ kind: 'refused' })
  expect(await ask({ ...run, file: fixture('empty') })).toMatchObject({ kind: 'refused' })
  expect(await ask({ ...run, options: { seed: 1, minutes: 0 } })).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('minutes'),
  })
  const { file, name, options } = run
  expect(await ask({ kind: 'shrink', file, name, options, maxRuns: 3 })).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('does not fail'),
  })
})
