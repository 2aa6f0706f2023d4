/**
 * How what a registry stores beside a name or as metadata is kept from being changed.
 *
 * Invariant: with `freeze`, which is the default, nobody changes a stored value except through the
 * registry, so what one reader sees another sees, too, and a value that a specification carries is
 * the same at every restart.
 */
import { argumentError } from '../core/argument-error.ts'
import { freezeDeeply, NotPlain } from '../core/freeze.ts'
import { ViaName } from '../process/address.ts'
import { LocalPid } from '../process/local-pid.ts'

/**
 * `freeze`: plain data, pids and vias included, frozen in depth when it is stored. `share`: just
 * anything, stored as it is given (a socket, a callback); whoever has it can change it.
 */
export type ValueKeeping = 'freeze' | 'share'

/** @throws ArgumentError FLOTILLA_INVALID_OPTION */
export function checkKeeping(attempted: string, values: unknown): ValueKeeping {
  if (values === 'freeze' || values === 'share') return values
  throw argumentError('invalid_option', {
    attempted,
    subject: 'option "values"',
    given: values,
    wanted: '"freeze" or "share"',
  })
}

/**
 * Makes a value what is stored.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT for one that cannot be frozen
 */
export function keepValue<T>(attempted: string, value: T, keeping: ValueKeeping): T {
  if (typeof value !== 'object' || value === null || keeping === 'share') return value
  try {
    return freezeDeeply(value, undefined, isAddress)
  } catch (error) {
    const part = error instanceof NotPlain ? error.part : value
    throw argumentError('invalid_argument', {
      attempted,
      subject: part === value ? 'the value' : 'a part of the value',
      given: part,
      wanted: 'plain data (objects, arrays, primitives), or a registry with values: "share"',
    })
  }
}

function isAddress(part: object): boolean {
  return LocalPid.processOf(part) !== undefined || ViaName.is(part)
}
