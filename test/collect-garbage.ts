import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const rounds = 50

/**
 * Collects garbage, over and over until what should be gone is.
 *
 * On a busy machine the engine and the test runner hold things for some turns more: what they let
 * go of is no leak. What is still there after fifty rounds is one.
 *
 * @param isGone whether everything is gone that has to be; without it there is one round
 */
export async function collectGarbage(isGone: () => boolean = () => true): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  for (let round = 0; round < rounds; round += 1) {
    // What a WeakRef has shown stays to the end of the turn.
    await sleep(round)
    // The first may only end a collection that was under way, which keeps all that it saw alive.
    collect()
    collect()
    if (isGone()) return
  }
}

/** How many are still there, after collections until it is this many or fewer. */
export async function countLeft(held: readonly WeakRef<object>[], wanted = 0): Promise<number> {
  const count = (): number => held.filter((each) => each.deref() !== undefined).length
  await collectGarbage(() => count() <= wanted)
  return count()
}
