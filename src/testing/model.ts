/**
 * What a shared object may do, said as a function from state to state.
 *
 * Invariant: a model that passed the check has every part it needs; what it answers is checked
 * where it is asked.
 */
import { ArgumentError, argumentError, checkFunction } from '../core/argument-error.ts'
import { checkKey, type Key } from '../core/key.ts'
import type { Operation } from './history.ts'

/**
 * What an object may do. A state is a key: text, a number, or an array of such, compared by type
 * and structure.
 */
export interface Model<State extends Key = Key, O extends Operation = Operation> {
  readonly initial: State
  /**
   * The states the object may be in after the operation; none if it cannot have had that result
   * in this state. An operation whose `returnedAt` is undefined is pending: any result is possible.
   */
  next(state: State, operation: O): readonly State[]
  /**
   * Which object an operation is of, where a history has many that do not depend on each other;
   * left out, all operations are of one object.
   */
  objectOf?(operation: O): Key
}

/**
 * Reads the parts of a model, once.
 *
 * @throws ArgumentError FLOTILLA_INVALID_ARGUMENT, FLOTILLA_INVALID_OPTION, FLOTILLA_INVALID_KEY
 */
export function checkModel<State extends Key, O extends Operation>(
  attempted: string,
  model: Model<State, O>,
): Model<State, O> {
  try {
    const { initial, next, objectOf } = model
    checkKey(attempted, initial)
    checkFunction(attempted, next, 'model.next')
    const checked = {
      initial,
      next: (state: State, operation: O) => {
        return checkStates(attempted, next.call(model, state, operation))
      },
    }
    if (objectOf === undefined) return checked
    checkFunction(attempted, objectOf, 'model.objectOf')
    return { ...checked, objectOf: (operation) => objectOf.call(model, operation) }
  } catch (error) {
    if (ArgumentError.is(error)) throw error
    throw argumentError('invalid_argument', {
      attempted,
      subject: 'the model',
      given: model,
      wanted: 'an object with initial and next',
    })
  }
}

/** Looks at what a model answered; keys are looked at where they are compared. */
function checkStates<State extends Key>(
  attempted: string,
  states: readonly State[],
): readonly State[] {
  if (Array.isArray(states)) return states
  throw argumentError('invalid_argument', {
    attempted,
    subject: 'what model.next gave back',
    given: states,
    wanted: 'an array of states',
  })
}
