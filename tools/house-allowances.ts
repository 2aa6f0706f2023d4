/**
 * Exceptions to the house rules: plain data, each entry with its reason.
 *
 * An entry that no longer excuses anything is itself reported, so the list can only be as long as
 * it has to be. Sites are written `path#name`, where name is the function, class, method or type.
 */

/** Path or site to the reason why it is excused. */
export type Excused = Readonly<Record<string, string>>

/** Everything that may be excused. */
export interface Allowances {
  /** Files under `src` that may keep mutable state at module level. */
  readonly moduleState: Excused
  /** Files under `src` that may touch globals which only the host of the real world may. */
  readonly ambient: Excused
  /** Files that may say `any` or `as`. */
  readonly casts: Excused
  /** Sites that may have more than three type parameters. */
  readonly typeParameters: Excused
  /** Sites that may have more than three positional parameters. */
  readonly parameters: Excused
  /** Files under `src` without a test file of their own: what covers them. */
  readonly untested: Excused
}

/** The exceptions of this repository. */
export const houseAllowances: Allowances = {
  moduleState: {
    'src/process/current.ts': 'which process runs now is a fact about the thread, not about a node',
    'src/testing/simulation/globals.ts':
      'which simulation has taken the globals is a fact about the OS process',
    'src/testing/simulation/listening.ts':
      'code that says `always` does not know which simulation it runs in',
  },
  ambient: {
    'src/testing/simulation/globals.ts':
      'changes the globals for the time of a simulation and puts them back: nobody else may',
  },
  casts: {
    'src/core/protocol.ts': 'names the one `any` that stands for "any protocol at all"',
    'src/core/trust.ts': 'the one door from unknown to a type that was checked elsewhere',
    'src/gen-server/protocol.ts': 'derives protocols from handler maps; each line has a type test',
  },
  typeParameters: {
    'src/gen-server/define-server.ts#defineServer':
      'argument, state and the two handler maps are inferred separately and never written out',
    'src/fleet/fleet.ts#fleet':
      'key, argument and the two handler maps are inferred separately and never written out',
  },
  parameters: {},
  untested: {},
}
