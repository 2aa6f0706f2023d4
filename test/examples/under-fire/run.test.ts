import { exit } from 'flotilla'
import { describe, expect, it } from 'vitest'
import { newGame } from '../../../examples/islands/game.ts'
import type { Games } from '../../../examples/islands/games.ts'
import type { Options } from '../../../examples/under-fire/options.ts'
import type { Report } from '../../../examples/under-fire/report.ts'
import { runUnderFire, runWorld } from '../../../examples/under-fire/run.ts'
import type { Snapshot } from '../../../examples/under-fire/snapshot.ts'
import { killKinds } from '../../../examples/under-fire/tally.ts'
import type { Users } from '../../../examples/under-fire/users.ts'
import { makeWorld, type World } from '../../../examples/under-fire/world.ts'

const options: Options = {
  ...{ users: 50, games: 4, seconds: 1, killsPerSecond: 200, seed: undefined, json: false },
}

describe('a small run', () => {
  it('holds every invariant while everybody is killed again and again', async () => {
    const report = await runUnderFire(options, hooks())
    expect(report.findings).toEqual([])
    expect(report.verdict).toBe('held')
    for (const kind of killKinds) expect(report.killsByKind[kind]).toBeGreaterThan(0)
    expect(report.restarts).toBe(report.kills + report.failedStarts)
    expect(report.nameGapMs.count).toBe(report.restarts)
    expect(report.moves.accepted).toBeGreaterThan(0)
    expect(report.calls).toBeGreaterThan(1000)
    expect(report.lookups).toBeGreaterThan(report.calls)
    expect(report.statisticsAfterStop).toMatchObject({ processes: 0, deadlines: 0, rows: {} })
  })

  it('calls without a failure when nobody is killed', async () => {
    const report = await runUnderFire({ ...options, seconds: 0.3, killsPerSecond: 0 }, hooks())
    expect(report).toMatchObject({ verdict: 'held', failedCalls: {}, kills: 0, restarts: 0 })
  })

  it('holds when the same worker is hit faster than it can answer', async () => {
    const few = { ...options, users: 1, games: 1, seconds: 0.5, killsPerSecond: 10_000 }
    const report = await runUnderFire(few, hooks())
    expect(report.findings).toEqual([])
    expect(report.verdict).toBe('held')
  })

  it('stops in order when it is interrupted, and still gives its report', async () => {
    const stopping = new AbortController()
    const observe = ({ phase }: Snapshot) => phase === 'under fire' && stopping.abort()
    const long = { ...options, seconds: 3600 }
    const report = await runUnderFire(long, { ...hooks(), signal: stopping.signal, observe })
    expect(report).toMatchObject({ verdict: 'held', interrupted: true, users: 50 })
    expect(report.seconds).toBeLessThan(60)
  })

  it('does not open fire when it is interrupted during the start', async () => {
    const report = await runUnderFire(options, { ...hooks(), signal: AbortSignal.abort() })
    expect(report).toMatchObject({ verdict: 'held', interrupted: true, kills: 0, seconds: 0 })
  })

  it('tells how it goes, from the start to the stop', async () => {
    const phases = new Set<string>()
    const observe = ({ phase }: Snapshot) => void phases.add(phase)
    await runUnderFire({ ...options, seconds: 0.3 }, { ...hooks(), observe })
    expect([...phases]).toEqual(['starting', 'under fire', 'stopping'])
  })
})

describe('a run that is sabotaged', () => {
  it('sees look-ups that lead to the dead', async () => {
    const report = await sabotage({
      before(world) {
        const [id] = world.ids
        let remembered: ReturnType<Users['whereis']>
        const whereis: Users['whereis'] = (asked) => {
          if (asked !== id) return world.users.whereis(asked)
          remembered ??= world.users.whereis(asked)
          return remembered
        }
        return { ...world, users: override(world.users, { whereis }) }
      },
      options: { users: 2, killsPerSecond: 100 },
    })
    expect(report.violations.deadLookups).toBeGreaterThan(0)
    expect(report.verdict).toBe('broken')
  })

  it('sees answers of the wrong worker', async () => {
    const report = await sabotage({
      before(world) {
        const via: Users['via'] = (id) => world.users.via(world.ids[3] ?? id)
        return { ...world, users: override(world.users, { via }) }
      },
    })
    expect(report.violations.wrongAnswers).toBeGreaterThan(0)
  })

  it('sees views of the wrong game', async () => {
    const report = await sabotage({
      before(world) {
        const { view } = world.games
        const id = world.seats[0]?.id
        const wrong: Games['view'] = (asked, player) => view(id ?? asked, player)
        Object.assign(world.games, { view: wrong })
        return world
      },
    })
    expect(report.violations.wrongAnswers).toBeGreaterThan(0)
  })

  it('sees a worker that is killed behind its back', async () => {
    const report = await sabotage({
      during(world) {
        const [id] = world.ids
        const pid = id === undefined ? undefined : world.users.whereis(id)
        if (pid !== undefined) exit(pid, 'kill')
      },
    })
    expect(report.violations.unmatchedKills).toBe(1)
    expect(report.findings[0]).toContain('nothing had been done to it')
  })

  it('sees a worker that is missing at the end', async () => {
    const report = await sabotage({
      during(world) {
        const [id] = world.ids
        if (id !== undefined) void world.users.stop(id)
      },
    })
    expect(report.violations.missingWorkers).toBe(1)
    expect(report.findings.join()).toContain('user "user-0"')
  })

  it('sees moves that a game forgot', async () => {
    const report = await sabotage({ during: forgetMoves })
    expect(report.violations.lostMoves).toBeGreaterThan(0)
  })
})

/** Puts every game back to where it began and kills it; not before somebody has joined. */
function forgetMoves({ seats, games }: World): boolean {
  const started = seats.filter(({ id }) => games.store.load(id)?.names.player1 !== undefined)
  for (const { id } of started) {
    const pid = games.games.whereis(id)
    games.store.save(id, newGame(id))
    if (pid !== undefined) exit(pid, 'kill')
  }
  return started.length > 0
}

interface Sabotage {
  readonly before?: (world: World) => World
  /** Done under fire, again and again as long as it says false. */
  readonly during?: (world: World) => unknown
  readonly options?: Partial<Options>
}

/** A run in which somebody else changes the world; it ends when that is done and has been seen. */
async function sabotage({ before, during, options: parts }: Sabotage): Promise<Report> {
  const quiet = { ...options, seconds: 3600, killsPerSecond: 0, ...parts }
  const world = makeWorld(quiet, 1)
  const stopping = new AbortController()
  let isDone = during === undefined
  let looks = 0
  const observe = ({ phase, calls, violations }: Snapshot): void => {
    if (phase !== 'under fire' || calls === 0) return
    looks += 1
    if (!isDone) isDone = during?.(world) !== false
    // What cannot be seen before the last look would never end it.
    else if (violations > 0 || during !== undefined || looks > 100) stopping.abort()
  }
  const changed = before === undefined ? world : before(world)
  return runWorld(changed, quiet, { ...hooks(), signal: stopping.signal, observe })
}

/** The same handle with some methods replaced. */
function override<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get(_target, name) {
      const own: unknown = Reflect.get(methods, name)
      if (own !== undefined) return own
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function hooks() {
  return { seed: 1, signal: new AbortController().signal, observe: () => undefined }
}
