/**
 * Runs one arm once, in an OS process of its own, and reads its answer.
 *
 * Invariant: when the promise settles, the OS process of the arm is gone.
 */
import { spawn } from 'node:child_process'
import { DecodeError, type Decoder, list, number, parseAs, record, table, text } from './decode.ts'
import type { Outcome } from './outcome.ts'
import { type Arm, armOf } from './plan/arms.ts'
import type { ArmId, Task } from './row.ts'

/** Where the programs of the arms are. */
export interface ArmFolders {
  /** Of the compiled arms. */
  readonly node: string
  /** Of main.exs. */
  readonly beam: string
  /** The Node that arms run on. */
  readonly executable: string
}

/** How an arm is run. */
export interface ArmRun {
  readonly arm: ArmId
  readonly task: Task
  readonly nodeFlags: readonly string[]
  readonly signal: AbortSignal
  /** How long it may take. */
  readonly limitMs: number
}

/** How to get what the BEAM's arms need. */
const howToGetElixir =
  'Elixir could not be started. Debian, Ubuntu: apt-get install -y elixir; ' +
  'macOS: brew install elixir; elsewhere: https://elixir-lang.org/install.html'

const outputMax = 1_000_000
const told = 2_000

/** Runs an arm. What goes wrong is an outcome, never a rejection. */
export async function runArm(folders: ArmFolders, run: ArmRun): Promise<Outcome> {
  return (await runArmWithSpans(folders, run)).outcome
}

/** A stretch of the monotonic clock. */
export interface Span {
  readonly fromUs: number
  readonly toUs: number
}

/** What an arm came to, and when it measured. */
export interface SpannedOutcome {
  readonly outcome: Outcome
  /** Empty if it did not tell. */
  readonly spans: readonly Span[]
}

/** Runs an arm. What goes wrong is an outcome, never a rejection. */
export async function runArmWithSpans(folders: ArmFolders, run: ArmRun): Promise<SpannedOutcome> {
  const ended = await runToEnd(run, commandOf(armOf(run.arm), folders, run))
  const outcome = outcomeOfEnd(ended, armOf(run.arm))
  if (ended.kind !== 'ended' || outcome.kind !== 'measured') return { outcome, spans: [] }
  return { outcome, spans: parseAs(spanned, ended.stdout, 'the answer').spans }
}

function outcomeOfEnd(ended: Ended, arm: Arm): Outcome {
  switch (ended.kind) {
    case 'not started':
      return arm.runtime === 'beam' && ended.code === 'ENOENT'
        ? { kind: 'missing', how: howToGetElixir }
        : { kind: 'failed', message: `could not be started: ${ended.code}` }
    case 'cut short':
      return { kind: 'failed', message: ended.why }
    case 'ended':
      return ended.code === 0
        ? outcomeOf(ended.stdout)
        : { kind: 'failed', message: `ended with ${ended.code}: ${ended.stderr.trim()}` }
  }
}

interface Command {
  readonly command: string
  readonly given: readonly string[]
}

/** The command line of an arm. */
export function commandOf(
  arm: Arm,
  folders: ArmFolders,
  { task, nodeFlags }: Pick<ArmRun, 'task' | 'nodeFlags'>,
): Command {
  if (arm.runtime === 'node') {
    const program = `${folders.node}/${arm.program}.js`
    const given = ['--expose-gc', ...nodeFlags, program, JSON.stringify(task)]
    return { command: folders.executable, given }
  }
  const flags = `+S ${arm.schedulers}:${arm.schedulers} +P 4000000`
  const work = [task.workload, String(task.size), String(task.count)]
  return { command: 'elixir', given: ['--erl', flags, `${folders.beam}/main.exs`, ...work] }
}

/** Reads what an arm printed. */
export function outcomeOf(stdout: string): Outcome {
  const lines = stdout.split('\n').filter((line) => line.trim() !== '')
  const [line, more] = lines
  if (line === undefined || more !== undefined) {
    return { kind: 'failed', message: `printed ${lines.length} lines instead of one: ${stdout}` }
  }
  try {
    return parseAs(answer, line, 'the answer')
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return { kind: 'failed', message: error.message }
  }
}

const lacking = record({ lacks: text })
const measured = record({ intended: number, completed: number, figures: table(number) })

const span: Decoder<Span> = record({ fromUs: number, toUs: number })
const spans: Decoder<Span[]> = (value, at) => (value === undefined ? [] : list(span)(value, at))
const spanned = record({ spans })

const answer: Decoder<Outcome> = (value, at) => {
  const isLack = typeof value === 'object' && value !== null && 'lacks' in value
  if (isLack) return { kind: 'lacks', why: lacking(value, at).lacks }
  return { kind: 'measured', ...measured(value, at) }
}

type Ended =
  | { readonly kind: 'not started'; readonly code: string }
  | { readonly kind: 'cut short'; readonly why: string }
  | {
      readonly kind: 'ended'
      readonly code: number | string
      readonly stdout: string
      readonly stderr: string
    }

function runToEnd({ signal, limitMs }: ArmRun, { command, given }: Command): Promise<Ended> {
  if (signal.aborted) return Promise.resolve({ kind: 'cut short', why: 'interrupted' })
  // A terminal sends Ctrl-C to its whole group: the runner must end the arm, not the terminal.
  const child = spawn(command, given, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let why: string | undefined
  const cutShort = (reason: string): void => {
    why ??= reason
    if (child.pid !== undefined) killGroup(child.pid)
  }
  const interrupt = (): void => cutShort('interrupted')
  const timer = setTimeout(() => cutShort(`took longer than ${limitMs / 1000} s`), limitMs)
  signal.addEventListener('abort', interrupt, { once: true })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
    if (stdout.length > outputMax) cutShort('printed more than a megabyte')
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = `${stderr}${chunk.toString()}`.slice(-told)
  })
  return new Promise<Ended>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ kind: 'not started', code: error.code ?? error.message }),
    )
    child.once('close', (code, killedBy) =>
      resolve(
        why === undefined
          ? { kind: 'ended', code: code ?? killedBy ?? 'nothing', stdout, stderr }
          : { kind: 'cut short', why },
      ),
    )
  }).finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', interrupt)
  })
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // It has ended by itself in the meantime.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
