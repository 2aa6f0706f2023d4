/**
 * Which restart type brings a worker back after which end: one table for every kind of supervisor.
 */
import type { Restart } from 'flotilla'

const clean = ['normal', 'shutdown', 'shutdown with a detail']
const abnormal = ['crash', 'kill', 'exit signal']

/** The ends after which a worker of this restart type is started again. */
export const comesBack: Readonly<Record<Restart, readonly string[]>> = {
  permanent: [...clean, ...abnormal],
  transient: abnormal,
  temporary: [],
}

/** Every restart type with every end. */
export const restartTable = (['permanent', 'transient', 'temporary'] as const).flatMap((restart) =>
  [...clean, ...abnormal].map((ending) => [restart, ending] as const),
)
