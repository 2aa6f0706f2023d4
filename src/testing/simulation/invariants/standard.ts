/**
 * The invariants that hold in every simulation, whatever is simulated.
 */
import type { Invariant } from '../invariant.ts'
import { numbersAddUp } from './accounting.ts'
import { callsSettleOnce, nobodyIsServedLate } from './calls.ts'
import { errorsStayContained } from './containment.ts'
import { failedStartLeavesNothing } from './failed-start.ts'
import { mailboxesKeepTheirLimit } from './limits.ts'
import { endsAreToldOnce } from './monitors.ts'
import { freedBeforeTaken, namesFollowChanges, noNameOfTheDead, oneHolderPerName } from './names.ts'
import { messagesKeepTheirOrder } from './order.ts'
import { nothingIsLeftBehind } from './quiescence.ts'
import { givingUpIsFinal } from './restarts.ts'
import { childrenFollowSupervisors } from './supervision.ts'
import { oneHandlerAtATime } from './turns.ts'

/**
 * What is checked in every simulation, beside the invariants of its definition; `withoutInvariants`
 * there leaves some out, by `id`.
 *
 * I25, that the same seed gives the same run, takes two runs: see `checkDeterminism`. I16 with the
 * limits of your supervisors: see `restartIntensity`.
 */
export const standardInvariants: readonly Invariant[] = Object.freeze([
  oneHolderPerName,
  noNameOfTheDead,
  freedBeforeTaken,
  namesFollowChanges,
  failedStartLeavesNothing,
  callsSettleOnce,
  nobodyIsServedLate,
  messagesKeepTheirOrder,
  endsAreToldOnce,
  childrenFollowSupervisors,
  givingUpIsFinal,
  oneHandlerAtATime,
  mailboxesKeepTheirLimit,
  errorsStayContained,
  nothingIsLeftBehind,
  numbersAddUp,
])
