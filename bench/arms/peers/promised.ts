/**
 * Puts a load on a library whose answers are promises.
 */
import { nowNs } from '../arm.ts'
import { Patience } from '../work/workers.ts'
import { itemAt, type Load, shareOf } from './peer.ts'

/** Asks one question. */
export type Ask<Worker> = (worker: Worker, x: number) => PromiseLike<number>

/** Lets all callers ask; gives the number of right answers. */
export async function askAll<Worker>(load: Load<Worker>, ask: Ask<Worker>): Promise<number> {
  const callers = Array.from({ length: load.callers }, (_, caller) => askAs(caller, load, ask))
  return (await Promise.all(callers)).reduce((sum, right) => sum + right, 0)
}

async function askAs<Worker>(
  caller: number,
  load: Load<Worker>,
  ask: Ask<Worker>,
): Promise<number> {
  const { asked, next } = load
  const turns = shareOf(load, caller)
  let right = 0
  for (let x = 0; x < turns; x += 1) {
    const index = next(caller)
    const answer = await ask(itemAt(asked.workers, index), x)
    if (answer === x + asked.first + index) right += 1
  }
  return right
}

/** How a worker of a library is made to crash, and asked afterwards. */
export interface Crashing<Worker> {
  /** Lets the handler throw; what is given settles when the caller hears of it, if it ever does. */
  readonly crash: (worker: Worker) => PromiseLike<unknown> | undefined
  readonly ask: Ask<Worker>
}

/** See `Peer.crashAndAsk`. */
export async function crashEach<Worker>(
  { asked, count, next }: Load<Worker>,
  { crash, ask }: Crashing<Worker>,
): Promise<number[]> {
  const took: number[] = []
  for (let x = 0; x < count; x += 1) {
    const index = next(0)
    const worker = itemAt(asked.workers, index)
    const beganAt = nowNs()
    const heard = crash(worker)
    if (heard !== undefined && (await isFulfilled(heard))) continue
    if (await comesBack(() => ask(worker, x), x + asked.first + index)) {
      took.push(nowNs() - beganAt)
    }
  }
  return took
}

/** Asks until the answer is right, as long as there is no answer at all. */
async function comesBack(ask: () => PromiseLike<number>, wanted: number): Promise<boolean> {
  const patience = new Patience('a worker is back after its crash')
  for (;;) {
    try {
      return (await ask()) === wanted
    } catch {
      await patience.pause()
    }
  }
}

/** A crash that is answered was none. */
async function isFulfilled(heard: PromiseLike<unknown>): Promise<boolean> {
  try {
    await heard
    return true
  } catch {
    return false
  }
}
