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
    'src/core/rendezvous.ts': 'a memo of the last list of shards: nothing but time depends on it',
    'src/cli/watchdog.ts': 'it is the whole of a thread, which watches one other',
    'src/process/current.ts': 'which process runs now is a fact about the thread, not about a node',
    'src/process/attribution.ts':
      'what Node is asked for its asynchronous context, it is asked once',
    'src/process/promise-owners.ts': 'whose code runs now is a fact about the thread, as above',
    'src/testing/simulation/globals.ts':
      'which simulation has taken the globals is a fact about the OS process',
    'src/testing/simulation/listening.ts':
      'code that says `always` does not know which simulation it runs in',
  },
  ambient: {
    'src/cli/main.ts':
      'the command is an OS process: its arguments, streams, signals and exit code',
    'src/cli/worker.ts': 'an OS process of its own: the channel to the command, and its end',
    'src/cli/watchdog.ts':
      'a thread of that process: its ticks are real, and it may end the process',
    'src/process/promise-owners.ts':
      'asks the OS process for a module of Node that only a first charge needs (decision 0025)',
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
  untested: {
    'src/cli/help.ts': 'command-line.test.ts: every text, and every option in it',
    'src/cli/run-one.ts': 'test/cli/main.test.ts: replay and shrink',
    'src/cli/run-seeds.ts': 'test/cli/main.test.ts: run, its failures and its interruption',
    'src/cli/shell.ts': 'test/cli/main.test.ts: every exit code',
    'src/cli/watchdog.ts': 'test/cli/main.test.ts: a run that does not come back',
    'src/cli/worker.ts': 'test/cli/main.test.ts: every run is in one',
    'src/process/observer.ts': 'test/testing/simulation/simulate.test.ts, by what it is told of',
    'src/testing/probe-events.ts': 'probe.test.ts: what is waited for, and in which order',
    'src/testing/simulation/node-seat.ts': 'simulate.test.ts: crashes, pauses, restarts, residue',
    'src/testing/simulation/node-watch.ts':
      'simulate.test.ts: events, their order and completeness',
    'src/testing/simulation/place.ts': 'globals.test.ts: whose clock and timers code gets',
    'src/testing/simulation/play.ts': 'simulate.test.ts: every kind of fault and of failure',
    'src/testing/simulation/refusals.ts': 'globals.test.ts: every refusal and every double',
    'src/testing/simulation/simulated-link.ts': 'network.test.ts: the requirements of the port',
    'src/testing/simulation/simulated-world.ts': 'simulate.test.ts: runs as a whole',
    'src/testing/simulation/work-in-hand.ts': 'simulate.test.ts: who awaits what never comes',
    'src/testing/simulation/world-surroundings.ts': 'globals.test.ts: time and randomness',
  },
}
