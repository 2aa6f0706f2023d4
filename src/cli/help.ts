/**
 * What `--help` prints.
 */

/** Of `flotilla` alone. */
export const usage = `Flotilla: named, supervised process fleets for Node.

Usage: flotilla <command> [options]

  sim run      run simulations under many seeds and report what fails
  sim replay   run one seed again and show what happened
  sim shrink   make a failing run as small as it can be

  --version    print the version
  --help       print this text; after a command, what it takes
`

const drawn = `\
  --minutes M         how long the faults last, in minutes of simulated time (default 1)
  --schedule X        random, priority or fifo (default: drawn from the seed)
  --faults X          swarm (drawn from the seed), none, or rates: '{"kill":30,"loss":0.1}'
  --nodes N           how many nodes, in the place of those of the simulation`

const drawnOfOne = `${drawn}
  --only-faults JSON  the faults that happen, by name: '["kill a 1"]'
  --only-clients JSON the clients that there are, by name`

/** Of each command. */
export const commandUsage = {
  run: `Runs simulations under many seeds, each a whole system under faults of its own.

Usage: flotilla sim run [files or folders] [options]

Without files: every *.sim.js and *.sim.mjs under the current folder, and where there are none,
*.sim.ts if this Node can import them. Each file exports what simulation() gave.

  --seeds N           how many, of each simulation (default 100)
  --first-seed S      the first of them (default 1)
${drawn}
  --only NAME         the simulation of this name alone
  --jobs N            how many processes simulate (default: as many as there are cores)
  --limit-seconds S   end a run whose code does not come back for so long (default 30)
  --check-determinism N  in the place of --seeds: run N seeds twice and compare the hashes
  --same-as FILE      fail unless every run has the hash that it has in FILE, which --json printed
                      on another day, machine or version of Node
  --no-shrink         leave failures as they were found
  --json              print one JSON document and nothing else
  --help              print this text

Exit code: 0 if nothing failed, 1 if a run did, 2 for wrong options or files, 130 after Ctrl-C.
`,
  replay: `Runs one seed again and shows what happened. The line that a failure prints has
everything that decides its run. With a debugger, as in node --inspect-brk, it runs in this process.

Usage: flotilla sim replay <file> --seed S [options]

  --seed S            of the run
${drawnOfOne}
  --only NAME         which simulation, if the file has several
  --limit-seconds S   end the run if its code does not come back for so long (default 30)
  --at MS             show the events around this time of the run, in milliseconds
  --json              print one JSON document and nothing else
  --help              print this text

Exit code: 0 if the run passes, 1 if it fails, 2 for wrong options or files, 130 after Ctrl-C.
`,
  shrink: `Makes a failing run as small as it can be: less time, fewer faults, clients and nodes.

Usage: flotilla sim shrink <file> --seed S [options]

  --seed S            of the run that fails
${drawnOfOne}
  --only NAME         which simulation, if the file has several
  --limit-seconds S   end a run whose code does not come back for so long (default 30)
  --max-runs N        how many runs it may take (default 200)
  --json              print one JSON document and nothing else
  --help              print this text

Exit code: 1 with a run that fails, 2 if it does not fail or for wrong options, 130 after Ctrl-C.
`,
} as const

/** Of `flotilla sim` alone. */
export const simUsage = `Simulates whole systems under faults, the same way for the same seed.

${commandUsage.run}
${commandUsage.replay}
${commandUsage.shrink}`
