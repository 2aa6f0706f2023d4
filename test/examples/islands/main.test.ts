import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

describe('the islands program', () => {
  it('plays a game through a crash and shows it as one JSON document', () => {
    const { status, stdout, stderr } = run('--json', '--seed', '7')
    expect([status, stderr]).toEqual([0, ''])
    const result: unknown = JSON.parse(stdout)
    expect(result).toMatchObject({
      seed: 7,
      winner: expect.stringMatching(/^player[12]$/),
      failures: ['crash'],
      names: ['register', 'unregister', 'register'],
    })
  })

  it('shows the boards before and after the crash as text', () => {
    const { status, stdout } = run()
    expect(status).toBe(0)
    expect(stdout.match(/board of player1 +board of player2/g)).toHaveLength(2)
    expect(stdout).toMatch(/the process crashed: .*the power goes out/)
    expect(stdout).toMatch(/player[12] wins after \d+ guesses/)
  })

  it('plays the same game from the same seed', () => {
    expect(run('--seed', '3').stdout).toBe(run('--seed', '3').stdout)
  })

  it('explains itself', () => {
    const { status, stdout } = run('--help')
    expect(status).toBe(0)
    expect(stdout).toContain('Usage: node build/examples/islands/main.js')
  })

  it.each([
    '--sead',
    '--seed',
    '--seed -1',
    '--seed=-1',
    '--seed=1e3',
    '--seed 4294967296',
    '--seed=',
    '--json=yes',
    'extra',
  ])('refuses %s and says how to use it', (line) => {
    const { status, stdout, stderr } = run(...line.split(' '))
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^Cannot play: .+\n\n/s)
    expect(stderr).toContain('Usage:')
  })
})

function run(...args: readonly string[]) {
  return spawnSync(process.execPath, ['build/examples/islands/main.js', ...args], {
    encoding: 'utf8',
  })
}
