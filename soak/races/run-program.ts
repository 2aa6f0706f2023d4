/**
 * Runs one program in one order of events and checks what came of it.
 *
 * Invariant: a run that ends well leaves nothing behind in its node, and its history can be
 * explained; otherwise it rejects and says which program it was.
 */
import { cast, type NodeStatistics } from 'flotilla'
import { checkLinearizable, type ExploringHost } from 'flotilla/testing'
import { Actor, type Role } from './actor.ts'
import { type HeldOperation, namesModel } from './names-model.ts'
import { inWords, type Program, type Step } from './program.ts'
import { type Parts, type Plant, World } from './world.ts'

/** What is known of a run that ended well. */
export interface Passed {
  /** How many operations were checked. */
  readonly operations: number
}

/** What else may be different in a run. */
export interface RunOptions {
  readonly plant?: Plant | undefined
  /** How many other names are taken and freed before; default none. */
  readonly churn?: number
}

/** Runs a program on a host, which decides the order of events. */
export async function runProgram(
  program: Program,
  host: ExploringHost,
  { plant, churn = 0 }: RunOptions = {},
): Promise<Passed> {
  const world = new World(host, partsOf(program), plant)
  await world.start()
  if (churn > 0) await world.churn(churn)
  await play(program, world)
  lookAround(program, world)
  const { operations } = world.ledger
  const left = remainsOf(await world.stop())
  const verdict = checkLinearizable<number, HeldOperation>(operations, namesModel)
  if (!verdict.ok) throw new RaceFound(program, verdict.violation.message)
  if (left !== '') throw new RaceFound(program, `the node still has ${left}`)
  return { operations: operations.length }
}

/** A run that did not end well. */
class RaceFound extends Error {
  override readonly name = 'RaceFound'
  readonly program: Program

  constructor(program: Program, finding: string) {
    super(`${finding}\nin the program\n${inWords(program)}`)
    this.program = program
  }
}

/** Lets all clients do what they have to do, until nobody has anything left. */
async function play(program: Program, world: World): Promise<void> {
  const actor = new Actor(world)
  const begin: (() => Promise<void> | undefined)[] = []
  for (const [index, { kind, steps }] of program.entries()) {
    const client = `client ${index + 1}`
    if (kind === 'outside') {
      const role = { client, who: -index - 1, context: undefined }
      begin.push(() => goThrough(steps, role, actor))
      continue
    }
    const pid = await world.client((step, context) => {
      return actor.perform(step, { client, who: context.self.serial, context })
    })
    begin.push(() => {
      for (const step of steps) cast(pid, 'step', step)
      return undefined
    })
  }
  let isOver = false
  const all = Promise.all(begin.map((each) => each())).then(() => {
    isOver = true
  })
  await world.host.settle()
  // Time passes only where something waits for it, such as a call that nobody answers.
  for (let seconds = 0; world.host.pendingTimers > 0 && seconds < 60; seconds += 1) {
    await world.host.advance(1000)
  }
  if (!isOver) throw new RaceFound(program, 'a client waits for ever')
  await all
  const [fault] = actor.faults
  if (fault !== undefined) throw new RaceFound(program, `a step threw ${String(fault)}`)
}

async function goThrough(steps: readonly Step[], role: Role, actor: Actor): Promise<void> {
  for (const step of steps) {
    await actor.turnOf(role)
    await actor.perform(step, role)
  }
}

/** A last look at every key, so that what is wrong at rest is seen too. */
function lookAround(program: Program, world: World): void {
  const actor = new Actor(world)
  const role = { client: 'observer', who: 0, context: undefined }
  for (const key of new Set(program.flatMap(({ steps }) => steps.map((step) => step.key)))) {
    actor.perform({ kind: 'look', key }, role)
    if (partsOf(program).hasCrew) actor.perform({ kind: 'find', key }, role)
  }
}

function partsOf(program: Program): Parts {
  const kinds = new Set(program.flatMap(({ steps }) => steps.map(({ kind }) => kind)))
  return {
    hasStarts: startKinds.some((kind) => kinds.has(kind)),
    hasCrew: crewKinds.some((kind) => kinds.has(kind)),
  }
}

const startKinds = ['start', 'begin', 'fail', 'guard', 'keep'] as const
const crewKinds = ['hire', 'ensure', 'find', 'dismiss', 'retire'] as const

function remainsOf(left: NodeStatistics | undefined): string {
  if (left === undefined) return ''
  const { processes, deadlines, monitors, links, aliases, queued, deferred, rows } = left
  const counts = { processes, deadlines, monitors, links, aliases, queued, deferred, ...rows }
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}
