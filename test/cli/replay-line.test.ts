import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { parseOne } from '../../src/cli/choices.ts'
import { replayLine } from '../../src/cli/replay-line.ts'
import { reportOf } from './reports.ts'

const from = { command: 'npx flotilla', folder: '/project' }

test('names the file, the simulation, the seed and how long the faults last', () => {
  expect(replayLine(reportOf({ seed: 7 }), from)).toBe(
    'npx flotilla sim replay sims/a.sim.js --only a --seed 7 --minutes 2',
  )
})

test('passes through a shell and the options with everything that decides the run', () => {
  const options = {
    seed: 7,
    minutes: 0.0125,
    schedule: 'priority',
    nodes: 3,
    faults: { kill: 30, loss: 1e-7 },
    onlyFaults: ['kill a 1', "cut a>b 'x' $HOME"],
    onlyClients: [],
  } as const
  const drawn = { ...reportOf().drawn, minutes: 0.0125 }
  const report = reportOf({
    seed: 7,
    name: "it's a name",
    file: '/project/my sims/a.js',
    drawn,
    options,
  })
  const line = replayLine(report, from)
  const script = line.replace('npx flotilla sim replay', 'printf "%s\\0"')
  const words = spawnSync('sh', ['-c', script], { encoding: 'utf8' })
    .stdout.split('\0')
    .slice(0, -1)
  expect(parseOne('replay', words)).toMatchObject({
    kind: 'run',
    choices: { file: 'my sims/a.js', only: "it's a name", options },
  })
})

test.each(['swarm', 'none'] as const)('says that the faults were %s', (faults) => {
  const line = replayLine(reportOf({ options: { seed: 1, faults } }), from)
  expect(line).toMatch(new RegExp(`--faults ${faults}$`))
})
