/**
 * One run, from the start of the tree to the facts.
 *
 * Invariant: whatever happens in between, the node is stopped and no timer is left behind; a run
 * that is interrupted takes the same way out as one whose time is up.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Node, startNode } from 'flotilla'
import { Churn } from './churn.ts'
import { Clients } from './clients.ts'
import type { Facts } from './facts.ts'
import { Feed, nodeName } from './feed.ts'
import { activeResources, leftoversOf } from './leftovers.ts'
import { heapAfterCollection } from './meters.ts'
import { type Pumped, pump } from './pump.ts'
import { type Line, Sampler, sampleSecondsOf, since } from './sampler.ts'
import { type LevelName, operationsPerSecond } from './workload.ts'
import { makeWorld, type Plan, type World } from './world.ts'

/** What a run is given beside its plan. */
export interface RunHooks {
  readonly level: LevelName
  /** Aborted: stop now, in order. */
  readonly signal: AbortSignal
  /** Whether garbage is collected at times, to see what is left. */
  readonly collects: boolean
  /** Hears of every line. */
  readonly observe: (line: Line) => void
  /** Calls under way at most, if the thread is to be kept as busy as can be. */
  readonly inFlightMax?: number
}

/** A finished run. */
export interface Finished {
  readonly facts: Facts
  readonly lines: readonly Line[]
}

/** How long the last answers and the last workers may take, beyond the time-out of a call. */
const settleMs = 10_000
const startsAtOnce = 1000

/** Runs everything; rejects only if the program itself is at fault. */
export async function runSoak(plan: Plan, hooks: RunHooks): Promise<Finished> {
  const world = makeWorld(plan)
  using _defects = world.defects
  const warnings: string[] = []
  const warned = (warning: Error): void => void warnings.push(`${warning.name}: ${warning.message}`)
  process.on('warning', warned)
  try {
    const before = {
      heap: heapAfterCollection(),
      resources: activeResources(),
    }
    const startedMs = performance.now()
    await using node = await startNode(world.tree, { name: nodeName })
    const feed = new Feed(world)
    await startWorkers(world)
    const startMs = performance.now() - startedMs
    const bytesPerWorker = (heapAfterCollection() - before.heap) / plan.load.workers
    await turnOver(world)
    const endedBefore = { ...world.oracle.endsByReason }
    const sampler = new Sampler(world, node)
    const acted = await act(world, sampler, hooks)
    const missing = await settle(world)
    sampler.close()
    const imbalances = imbalancesOf(world, node, missing)
    feed.close()
    await node.stop()
    // What was to run in the next turn anyway is nothing that is left.
    await sleep(10)
    const leftovers = leftoversOf(node.statistics(), { ...before, heapMax: sampler.heapMax })
    for (const [kind, count] of Object.entries(world.tally.complaints)) {
      warnings.push(`${kind} ${count}`)
    }
    const ends = since(world.oracle.endsByReason, endedBefore)
    const measured = {
      ...acted,
      ends,
      startMs,
      bytesPerWorker,
      missing,
      imbalances,
      leftovers,
      warnings,
    }
    return { facts: factsOf(world, hooks, { ...measured, sampler }), lines: sampler.lines }
  } finally {
    process.off('warning', warned)
  }
}

/** Starts every worker. */
async function startWorkers({ plan, names }: World): Promise<void> {
  const keys = Array.from({ length: plan.load.workers }, (_, key) => key)
  await inBatches(keys, (key) => names.fleetOf(key).ensure({ key }))
}

/**
 * Ends every worker once and starts it again, half of each fleet at a time.
 *
 * Why: a Map from which many keys were taken takes twice its memory, once and for all. Under the
 * churn alone that happens to one fleet after the other within the first quarter of an hour at S2,
 * and looks like a leak.
 */
async function turnOver({ plan, names, oracle }: World): Promise<void> {
  const { workers, fleets } = plan.load
  for (const half of [0, 1]) {
    const keys = Array.from({ length: workers }, (_, key) => key)
    const turned = keys.filter((key) => Math.floor(key / fleets) % 2 === half)
    await inBatches(turned, (key) => {
      oracle.strike(key)
      return names.fleetOf(key).stop(key)
    })
    await inBatches(turned, (key) => names.fleetOf(key).ensure({ key }))
  }
}

/** Not all at once, so that the queue of a keeper stays short. */
async function inBatches(keys: readonly number[], act: (key: number) => Promise<unknown>) {
  for (let first = 0; first < keys.length; first += startsAtOnce) {
    await Promise.all(keys.slice(first, first + startsAtOnce).map(act))
  }
}

/** Lets clients and churn act until the time is up. */
async function act(world: World, sampler: Sampler, hooks: RunHooks) {
  const { load, workload } = world.plan
  const clients = new Clients(world)
  const churn = new Churn(world)
  const perSecond = operationsPerSecond(workload, load)
  const sampleSeconds = sampleSecondsOf(load.seconds)
  const collectSeconds = hooks.collects ? Math.min(load.collectEverySeconds, load.seconds / 4) : 0
  const { inFlightMax } = hooks
  const cpuBefore = process.cpuUsage()
  const pumped = await pump({
    seconds: load.seconds,
    signal: hooks.signal,
    operations:
      inFlightMax === undefined
        ? { perSecond }
        : { inFlightMax, inFlight: () => world.oracle.inFlight },
    act: (intendedMs) => clients.act(intendedMs),
    strikesPerOperation: load.endsPerSecond / perSecond,
    strike: () => churn.strike(),
    // Not all of them at once, so that each is seen for what it does.
    nowAndThen: [
      { everySeconds: sampleSeconds, act: () => hooks.observe(sampler.take()) },
      { everySeconds: load.keeperLossEverySeconds, isBlow: true, act: () => churn.loseKeeper() },
      { everySeconds: load.stallEverySeconds, firstShare: 0.5, act: () => churn.stall() },
      { everySeconds: collectSeconds, firstShare: 0.7, act: () => sampler.collect() },
      { everySeconds: load.selectEverySeconds, firstShare: 0.9, act: () => clients.select() },
    ],
  })
  const { user, system } = process.cpuUsage(cpuBefore)
  await churn.settled()
  clients.select()
  return { pumped, cpuMicroseconds: user + system }
}

/** Waits for the last answers and the last workers; gives how many are missing. */
async function settle({ oracle, names, plan }: World): Promise<number> {
  const endMs = performance.now() + plan.workload.callTimeoutMs + settleMs
  const isUnsettled = (): boolean => oracle.outstanding > 0 || oracle.inFlight > 0
  while (isUnsettled() && performance.now() < endMs) await sleep(5)
  let missing = 0
  for (let key = 0; key < plan.load.workers; key += 1) {
    const isHeld = names.holder(key) !== undefined
    if (isHeld === oracle.isAbsent(key)) missing += 1
  }
  return missing
}

/** Whether what was counted in different places agrees. */
function imbalancesOf({ oracle, tally, names, rows, plan }: World, node: Node, missing: number) {
  const problems: string[] = []
  const agree = (what: string, one: number, other: number): void => {
    if (one !== other) problems.push(`${what}: ${one} and ${other}`)
  }
  const { started, ended, processes } = node.statistics()
  const ends = Object.values(oracle.endsByReason).reduce((sum, count) => sum + count, 0)
  const held = names.fleets.reduce((sum, { size }) => sum + size, 0)
  const wanted = names.fleets.reduce((sum, fleet) => sum + fleet.counts().desired, 0)
  agree('started - ended and living processes', started - ended, processes)
  agree('starts - ends of workers and names held', oracle.starts - ends, held)
  agree('names held and workers wanted', held, wanted)
  agree('workers and names held or given up', plan.load.workers, held + oracle.absent + missing)
  agree('calls and their outcomes', tally.calls, tally.answered + tally.allFailed)
  agree('refused casts and none', tally.refusedCasts, 0)
  for (const [key, row] of rows.entries()) oracle.finallyHas(key, row.operations)
  return problems
}

interface Measured {
  readonly pumped: Pumped
  readonly cpuMicroseconds: number
  readonly ends: Readonly<Record<string, number>>
  readonly startMs: number
  readonly bytesPerWorker: number
  readonly missing: number
  readonly imbalances: readonly string[]
  readonly leftovers: readonly string[]
  readonly warnings: readonly string[]
  readonly sampler: Sampler
}

function factsOf(world: World, { level, signal, inFlightMax }: RunHooks, run: Measured): Facts {
  const { plan, oracle, tally, latencies, gaps, keeperGaps, restarts, expected } = world
  const { seconds, operations } = run.pumped
  const perSecond = operationsPerSecond(plan.workload, plan.load)
  const strikesPerOperation = plan.load.endsPerSecond / perSecond
  const { missing, imbalances, leftovers, warnings, startMs, bytesPerWorker } = run
  return {
    ...{ level, load: plan.load, seed: plan.seed, plant: plan.plant, node: process.version },
    interrupted: signal.aborted,
    ...{ seconds, operations, blows: tally.blows, keeperLosses: tally.keeperLosses },
    operationsWanted: inFlightMax === undefined ? seconds * perSecond : operations,
    blowsWanted: Math.floor(operations * strikesPerOperation),
    calls: {
      offered: tally.calls,
      answered: tally.answered,
      failed: tally.failed,
      allowed: oracle.allowedFailures,
    },
    latency: latencies.total.summary(),
    drift: latencies.drift(),
    gaps: gaps.summary(),
    keeperGaps: keeperGaps.summary(),
    restarts: restarts.summary(),
    wrong: oracle.wrong,
    findings: oracle.findings,
    lookups: { ...oracle.lookups, missesExpected: expected.misses },
    starts: oracle.starts,
    ends: run.ends,
    series: run.sampler.series,
    ...{ missing, imbalances, leftovers, warnings, startMs, bytesPerWorker },
    cpuMicrosecondsPerOperation: run.cpuMicroseconds / Math.max(1, operations),
  }
}
