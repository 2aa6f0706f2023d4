/**
 * The command line of the benchmark.
 *
 * Invariant: what is not understood is refused as a whole, with one line for each problem.
 */
import type { CommandLine } from '../programs/command-line.ts'
import { readCommandLine } from '../programs/options.ts'
import { allRows, groups, type Selection } from './plan.ts'
import type { GroupId } from './row.ts'

/** What the benchmark is asked to do. */
export interface Options {
  readonly selection: Selection
  /** How many rounds each row has; left out: as many as it takes, within bounds. */
  readonly rounds: number | undefined
  /** Recorded runs to report instead of measuring: the first, and others to put beside it. */
  readonly from: readonly string[]
  /** Where the run is kept after each row, and gone on with if it is there. */
  readonly record: string | undefined
  /** A row to profile instead of measuring. */
  readonly profile: string | undefined
  /** Whether rows whose target is missed are profiled after the rounds. */
  readonly explain: boolean
  /** The Node that arms run on; left out: the one that runs the benchmark. */
  readonly node: string | undefined
  readonly json: boolean
  /** Whether ratios are held against the floors, and planted losses must be seen. */
  readonly check: boolean
  /** Whether the page of documentation is written. */
  readonly page: boolean
  /** Whether new floors are written. */
  readonly floors: boolean
}

/** What `--help` prints. */
export const usage = `Measures Flotilla, the BEAM and what else there is for TypeScript at the same
work, in turns, and tells how many times better or worse Flotilla is.

Usage: npm run bench -- [options]

  --only ROW,ROW   these rows alone
  --group GROUP    the rows of one group: ${groups.join(', ')} or all
                   (default: all but the curves, of a quick run beam and peers)
  --curves         the curves too: 1 k to 1 M workers
  --quick          small sizes, few rounds, the BEAM with one scheduler: under 3 minutes
  --rounds N       rounds of each row (1 to 99; default 5, up to 9 where a target is not decided)
  --check          exit code 1 if a ratio is under its floor in bench/floors.json
  --plant slow     adds an arm that does Flotilla's work twice; with --check it must be seen
  --page           writes docs/performance.md, and the curves beside it
  --floors         writes bench/floors.json: 60 % of what was measured
  --explain        profiles each row that misses a target, after the rounds
  --profile ROW    profiles Flotilla's arm of a row and measures nothing
  --node PATH      runs the arms that need Node with that one
  --from FILE      reports a run recorded with --json instead of measuring; given again, puts
                   another run beside it, such as one on another Node
  --record FILE    keeps the run in a file after every row; a run of this machine and this code
                   that is there already is gone on with, so that Ctrl-C loses one row at most
  --json           print one JSON document at the end and nothing else on standard output
  --help           print this text

Rows: ${wrapped(allRows.filter(({ group }) => group !== 'curves').map(({ id }) => id))}

Exit code: 0 if all was measured, 1 if an arm failed, a row was refused or --check found something,
2 for wrong options, 130 after Ctrl-C. Ctrl-C ends the arm that runs and reports what there is.
`

/** Reads a command line, without the program's own name. */
export function parseOptions(given: readonly string[]): CommandLine<Options> {
  return readCommandLine(given, known, (values, check) => {
    const { only, group, curves = false, quick = false, rounds, plant } = values
    const { from = [], record, profile, explain = false, node } = values
    const { json = false, check: isChecked = false, page = false, floors = false } = values
    refuseTogether('only', only, { group, curves: curves || undefined })
    const measuring = { only, group, rounds, plant, curves: curves || undefined }
    const toMeasure = { ...measuring, quick: quick || undefined, explain: explain || undefined }
    refuseTogether('from', from[0], { ...toMeasure, record, profile, node })
    const results = { check: isChecked || undefined, page: page || undefined }
    const written = { ...results, record, floors: floors || undefined }
    refuseTogether('profile', profile, { ...toMeasure, ...written })
    return {
      selection: {
        groups: groupsOf(group, { curves, quick }),
        only: only === undefined ? undefined : rowsOf('only', only),
        scale: quick ? 'quick' : 'full',
        planted: check.oneOf('plant', plant, ['slow']) === 'slow',
      },
      rounds: check.wholeNumber('rounds', rounds, [1, 99]),
      from,
      record,
      profile: profile === undefined ? undefined : rowsOf('profile', profile)[0],
      explain,
      node,
      json,
      check: isChecked,
      page,
      floors,
    }
  })
}

/** The command that was given, to be given again elsewhere: without the folders of one machine. */
export function commandText(given: readonly string[]): string {
  const parts = given.map((part) => part.replace(/(^|=)\/.*\//, '$1'))
  return ['npm run bench', ...(parts.length > 0 ? ['--'] : []), ...parts].join(' ')
}

const known = {
  only: { type: 'string' },
  group: { type: 'string' },
  curves: { type: 'boolean' },
  quick: { type: 'boolean' },
  rounds: { type: 'string' },
  check: { type: 'boolean' },
  plant: { type: 'string' },
  page: { type: 'boolean' },
  floors: { type: 'boolean' },
  from: { type: 'string', multiple: true },
  record: { type: 'string' },
  profile: { type: 'string' },
  explain: { type: 'boolean' },
  node: { type: 'string' },
  json: { type: 'boolean' },
} as const

const claims: readonly GroupId[] = ['claims']

function groupsOf(
  group: string | undefined,
  { curves, quick }: { readonly curves: boolean; readonly quick: boolean },
): readonly GroupId[] {
  const more: readonly GroupId[] = curves ? ['curves'] : []
  if (group === 'all') return groups
  if (group === undefined) return ['beam', 'peers', ...(quick ? [] : claims), ...more]
  const one = groups.find((each) => each === group)
  if (one !== undefined) return [...new Set([one, ...more])]
  throw new RangeError(`--group is "${group}", want ${groups.join(', ')} or all`)
}

function rowsOf(option: string, given: string): readonly string[] {
  const ids = given.split(',')
  const unknown = ids.filter((id) => !allRows.some((row) => row.id === id))
  if (unknown.length === 0) return ids
  throw new RangeError(
    `--${option} has "${unknown.join(',')}", want ids of rows, as --help lists them`,
  )
}

function refuseTogether(
  name: string,
  value: string | undefined,
  others: Readonly<Record<string, unknown>>,
): void {
  const also = Object.keys(others).filter((other) => others[other] !== undefined)
  if (value === undefined || also.length === 0) return
  throw new RangeError(`--${name} does not go together with --${also.join(' or --')}`)
}

function wrapped(ids: readonly string[]): string {
  let text = ''
  let column = 6
  for (const id of ids) {
    const isFull = column + id.length + 2 > 92
    text += `${text === '' ? '' : ','}${isFull ? '\n     ' : ''}${text === '' ? '' : ' '}${id}`
    column = isFull ? 6 + id.length : column + id.length + 2
  }
  return text
}
