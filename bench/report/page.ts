/**
 * The page of documentation: made of a recorded run and of nothing else.
 */
import { type Judgement, judgeRow, type MeasuredRow } from '../judge.ts'
import type { Machine } from '../machine.ts'
import { standingOf } from '../outcome.ts'
import { type Arm, arms } from '../plan/arms.ts'
import type { GroupId } from '../row.ts'
import type { Run } from '../run.ts'
import type { DrawnCurve } from './curves.ts'
import { lossLines } from './losses.ts'
import { armTable, claimTable } from './page-tables.ts'
import { explanationText } from './profiles.ts'
import { versionTable } from './versions.ts'

/** What the page is made of. */
export interface PageParts {
  readonly run: Run
  readonly rows: readonly MeasuredRow[]
  readonly curves: readonly DrawnCurve[]
  /** Runs to put beside it, such as one on another Node. */
  readonly others: readonly Run[]
}

/** The page, as Markdown. */
export function pageText(parts: PageParts): string {
  const { run, rows } = parts
  const judgements = rows.flatMap(judgeRow)
  const of = (group: GroupId): Judgement[] => judgements.filter(({ row }) => row.group === group)
  const sections = [
    opening(run),
    section('Against the BEAM', beamIntroduction, armTable(of('beam'))),
    section(
      otherNodes(parts.others),
      otherNodesIntroduction,
      versionTable(run, rows, parts.others),
    ),
    section('What the BEAM has and one event loop has not', notHere),
    section('Against TypeScript peers', peersIntroduction, armTable(of('peers'))),
    section('Where Flotilla loses', lossLines(judgements)),
    section(
      'Why targets are missed',
      whyIntroduction,
      explanationText(judgements, run.explanations),
    ),
    section('Claims', claimsIntroduction, claimTable(of('claims'))),
    section('Growth', curveText(parts.curves)),
    section('Who takes part', armLines(run.machine)),
    section('What was not measured', silentLines(rows)),
    ...[run, ...parts.others].map((each) => section(machineTitle(each, run), machineLines(each))),
    section('How it is measured', method, fewRounds(rows)),
  ]
  return `${sections.filter((each) => each !== '').join('\n\n')}\n`
}

const beamIntroduction = `Elixir's Registry, DynamicSupervisor and GenServer at the same work. A \
ratio says how many times better Flotilla is than the better of the two settings of the BEAM, \
with the interval that, from five rounds on, holds the true median nine times in ten. A ratio \
under 1 is a loss.`

const otherNodesIntroduction = `The same work on another Node, in a run of its own. Compare the \
ratios: each is to the BEAM of its own run, and the moments of two runs differ.`

const whyIntroduction = `Each row that misses a target or a limit: the floor, which is what \
JavaScript itself costs at the same work, beside it; where the time of Flotilla goes, from a \
profile of the measured part in an OS process of its own; and what follows.`

const notHere = `- **Preemption.** A process of the BEAM gives way after 4,000 reductions. Here \
a handler that does not return holds its thread.
- **A heap for each process.** A process of the BEAM is collected by itself and its memory is \
gone with it, and messages are copied. Here all share one heap: no copy, and a collection pauses \
all.
- **All cores.** The BEAM runs processes on as many schedulers as there are cores. Here one node \
is one thread. The column with two schedulers shows what the second core gives at this work; it \
would give more at work that computes.
- **Distribution.** The BEAM's calls and monitors reach other machines.

The rows are about messages, names and supervision and no computation: what a real handler does \
comes on top of both sides and brings every ratio nearer to 1.`

const peersIntroduction = `In one process, at the same work. Flotilla's workers are named and \
supervised; those of the others are what each of them offers, most of it without names or \
supervision. Messages go to references that the callers keep: with Flotilla pids, and in the \
column "by name" each message finds its worker by a name that is built for it, which none of the \
others has. The ratio is that with the best of them. xstate has no ask: its answer is read off \
after a synchronous send, without a mailbox or a promise between. comedy has no mailbox either: \
its handlers run in a later turn, several of one actor at a time if they wait for something.`

const claimsIntroduction = `What the product says of itself, each with its limit.`

const method = `Each arm runs in an OS process of its own, once per round, and the arms of a row \
take turns: A B C A B C. It sets up, warms up, measures once, and tells how many operations it \
intended and how many it has seen completed, by right answers, new holders of names or reported \
ends; where the two differ the row is refused. A ratio is made of pairs from the same round. If \
a target lies inside the interval of its ratio, the row gets more rounds.

Absolute times hold for this machine at that moment; between moments they differ by 30 % and \
more. Compare ratios. [bench/README.md](../bench/README.md) says how to run it, and how a \
planted loss is seen.`

function opening({ scale, began, interrupted, planted, commands }: Run): string {
  const warnings = [
    ...(scale === 'quick' ? ['a quick one with small sizes, which decides no target'] : []),
    ...(interrupted ? ['stopped before its end'] : []),
    ...(planted ? ['made with a planted loss'] : []),
  ]
  const warning = warnings.length === 0 ? '' : ` The run was ${warnings.join(', and ')}.`
  return `# Performance

<!-- Made by npm run bench -- --page; do not edit. -->

Made on ${began.slice(0, 10)} by one run of ${commandText(commands)}, from every figure of which \
this page is written.${warning}`
}

function commandText(commands: readonly string[]): string {
  const different = [...new Set(commands)].map((command) => `\`${command}\``).join(', then ')
  return commands.length === 1 ? different : `${different} in ${commands.length} sittings`
}

function section(title: string, ...parts: readonly string[]): string {
  const content = parts.filter((part) => part !== '')
  // An introduction without its table would be about nothing.
  if (parts.at(-1) === '') return ''
  return [`## ${title}`, ...content].join('\n\n')
}

function curveText(curves: readonly DrawnCurve[]): string {
  return curves
    .map(
      ({ curve, csv, svg }) =>
        `### ${curve.title}\n\n![${curve.title}](performance/${svg.name})\n\n` +
        `[The figures](performance/${csv.name}).`,
    )
    .join('\n\n')
}

function otherNodes(others: readonly Run[]): string {
  return `On ${others.map(({ machine }) => `Node ${machine.node}`).join(' and ')}`
}

function machineTitle({ machine }: Run, main: Run): string {
  return machine === main.machine ? 'The machine' : `The machine, on Node ${machine.node}`
}

/** What ran where: each arm with the version of its package and of its runtime. */
function versionsOf({ runtime, packageName = '' }: Arm, machine: Machine): string {
  const own = machine.peers[packageName]
  const on = runtime === 'node' ? `Node ${machine.node}` : machine.elixir || 'no Elixir'
  return own === undefined ? on : `${own}, ${on}`
}

function armLines(machine: Machine): string {
  return arms
    .filter(({ id }) => id !== 'flotilla-slowed')
    .map((arm) => `- **${arm.title}** (${versionsOf(arm, machine)}): ${arm.about}.`)
    .join('\n')
}

function silentLines(rows: readonly MeasuredRow[]): string {
  const lines = rows.flatMap(({ row, result }) =>
    result.arms.flatMap((each) => {
      const standing = standingOf(each)
      if (standing.kind === 'measured') return []
      const { title } = arms.find(({ id }) => id === each.arm) ?? { title: each.arm }
      const [firstLine = ''] = standing.why.split('\n')
      return [`- ${row.title}: **${title}** ${reasons[standing.kind]} ${firstLine}`]
    }),
  )
  return lines.join('\n')
}

const reasons = {
  lacks: 'has no such thing:',
  missing: 'could not be run:',
  failed: 'failed in',
  refused: 'was refused in',
} as const

/** How many rounds there are, which of course not every row can have. */
function fewRounds(rows: readonly MeasuredRow[]): string {
  const few = rows.flatMap(({ row: { id, roundsMax } }) =>
    roundsMax === undefined ? [] : [`\`${id}\` (${roundsMax})`],
  )
  const main = 'A row has five rounds or more, unless a run was told otherwise'
  if (few.length === 0) return `${main}.`
  return `${main}, or it is one of the long ones, or of those that are the same in every \
round; those \
have at most: \
${few.join(', ')}. Fewer than five rounds make an interval that holds the true median less often.`
}

function machineLines({ machine, began, ended, rows }: Run): string {
  const loads = rows.flatMap(({ loads: each }) => [...each])
  const load = loads.length === 0 ? '–' : `${Math.min(...loads)} to ${Math.max(...loads)}`
  const peers = Object.entries(machine.peers).map(([name, version]) => `${name} ${version}`)
  const memory = `${Math.round(machine.memoryBytes / 2 ** 30)} GiB`
  const cells = [
    ['processor', `${machine.processor}, ${machine.processors} threads, ${memory}`],
    ['system', machine.system],
    ['load while it ran', `${load} OS processes that wanted to run, over a minute`],
    ['Node', `${machine.node}, V8 ${machine.v8}`],
    ['BEAM', machine.elixir === '' ? 'not installed' : machine.elixir],
    ['Flotilla', `${machine.flotilla} at ${machine.commit || 'no commit'}`],
    ['peers', peers.join(', ')],
    ['began, ended', `${began}, ${ended}`],
  ]
  return ['| | |', '| --- | --- |', ...cells.map(([name, text]) => `| ${name} | ${text} |`)].join(
    '\n',
  )
}
