/**
 * Where and with what a run was made: no figure means anything without it.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { DecodeError, parseAs, record, table, text } from './decode.ts'

/** The machine and the versions of everything that was measured. */
export interface Machine {
  readonly processor: string
  readonly processors: number
  readonly memoryBytes: number
  readonly system: string
  readonly node: string
  readonly v8: string
  /** As Elixir tells them; empty without Elixir. */
  readonly elixir: string
  readonly flotilla: string
  /** What is checked out; empty outside of a repository. */
  readonly commit: string
  /** Of the peers, by their names. */
  readonly peers: Readonly<Record<string, string>>
}

/**
 * Looks at the machine.
 *
 * @param root the folder of the repository
 * @param executable the Node that arms run on
 * @throws DecodeError if that is no Node
 */
export function lookAtMachine(root: string, executable: string): Machine {
  const versions = firstAnswer(executable, ['-p', 'JSON.stringify(process.versions)'])
  if (versions === '') throw new DecodeError(`Cannot run ${executable}: it must be a Node`)
  const { node, v8 } = parseAs(
    record({ node: text, v8: text }),
    versions,
    `what ${executable} says`,
  )
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    node: `v${node}`,
    v8,
    elixir: elixirVersions(firstAnswer('elixir', ['--version'])),
    flotilla: versionIn(`${root}/package.json`),
    commit: commitOf(root),
    peers: peerVersions(root),
  }
}

/** How many OS processes wanted to run in the last minute, on average. */
export function currentLoad(): number {
  return loadavg()[0] ?? Number.NaN
}

/** `Elixir 1.14.0, OTP 25 [erts-13.1.5]` of what `elixir --version` prints. */
export function elixirVersions(printed: string): string {
  const erlang = /Erlang\/(OTP \S+ \[erts-[^\]]+\])/.exec(printed)?.[1]
  const elixir = /Elixir \S+/.exec(printed)?.[0]
  return elixir === undefined || erlang === undefined ? '' : `${elixir}, ${erlang}`
}

function commitOf(root: string): string {
  const commit = firstAnswer('git', ['-C', root, 'rev-parse', '--short=12', 'HEAD'])
  if (commit === '') return ''
  const isChanged = firstAnswer('git', ['-C', root, 'status', '--porcelain', '-uno']) !== ''
  return isChanged ? `${commit}, changed` : commit
}

function peerVersions(root: string): Record<string, string> {
  const manifest = record({ devDependencies: table(text) })
  const path = `${root}/bench/package.json`
  const { devDependencies } = parseAs(manifest, readFileSync(path, 'utf8'), path)
  const { vega: _, ...peers } = devDependencies
  return peers
}

function versionIn(path: string): string {
  return parseAs(record({ version: text }), readFileSync(path, 'utf8'), path).version
}

function firstAnswer(command: string, given: readonly string[]): string {
  const { status, stdout } = spawnSync(command, given, { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : ''
}
