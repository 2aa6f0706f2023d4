/**
 * What the trials came to, as text, as JSON and as the page of evidence.
 */
import type { Options } from './options.ts'
import type { Trial } from './trial.ts'
import type { Findings } from './try-all.ts'
import { oneLine } from './verdict.ts'

/** Where and when it was found out. */
export interface Circumstances {
  readonly node: string
  readonly platform: string
  /** As `git describe` gives it; `unknown` outside of a repository. */
  readonly commit: string
  /** Such as `2026-11-22`. */
  readonly date: string
  readonly seconds: number
  readonly seeds: number
}

/** The exit code of a run. */
export function exitCodeOf({ baseline, trials }: Findings): 0 | 1 {
  const hasFallen = baseline.some(({ kill }) => kill !== undefined)
  return hasFallen || survivors(trials).length > 0 ? 1 : 0
}

/** The mutants that were not found and should have been, and those that should not and were. */
export function survivors(trials: readonly Trial[]): readonly Trial[] {
  return trials.filter(({ mutant, kill }) => {
    return (kill === undefined) !== (mutant.equivalent !== undefined)
  })
}

/** One line about a trial. */
export function trialLine({ mutant, kill, ownSeeds, seconds }: Trial): string {
  const took = `${seconds.toFixed(1)} s`
  if (kill === undefined && mutant.targets.length === 0) {
    return `sound     ${mutant.test?.path ?? 'simulations'}: nothing seen, ${took}`
  }
  if (kill === undefined) {
    const verdict = mutant.equivalent === undefined ? 'SURVIVED' : 'equivalent'
    return `${verdict}  ${mutant.id} (${mutant.targets.join(', ')}), ${took}`
  }
  const seeds = kill.seeds === 0 ? '' : `, seed ${kill.seeds} of ${kill.scenario}`
  const own = mutant.targets.includes(kill.by)
  const also = own || ownSeeds === undefined ? '' : `; its own checker with seed ${ownSeeds}`
  const who = `${mutant.id} (${mutant.targets.join(', ')}) by ${kill.by}${seeds}${also}`
  return `killed    ${who}, ${took}: ${kill.message}`
}

/** The verdict at the end of a run. */
export function verdictText({ baseline, trials }: Findings): string {
  const fallen = baseline.filter(({ kill }) => kill !== undefined)
  if (fallen.length > 0) {
    const lines = fallen.map(({ kill }) => `  ${kill?.by} ${kill?.scenario} ${kill?.message}`)
    return `The source without a bug does not pass, so no mutant was tried:\n${lines.join('\n')}\n`
  }
  const left = survivors(trials)
  const killed = trials.filter(({ kill }) => kill !== undefined).length
  const lines = left.map(({ mutant, kill }) => {
    return kill === undefined
      ? `  ${mutant.id} was not found: ${mutant.bug}`
      : `  ${mutant.id} was found, and is said to be equivalent`
  })
  return [`${killed} of ${trials.length} mutants killed`, ...lines, ''].join('\n')
}

/** The whole, as one JSON document. */
export function verdictJson(findings: Findings, at: Circumstances): string {
  const { baseline, trials } = findings
  const ok = exitCodeOf(findings) === 0
  return `${JSON.stringify({ ok, ...at, baseline, trials }, undefined, 2)}\n`
}

/** The page of evidence. */
export function evidencePage({ baseline, trials }: Findings, at: Circumstances): string {
  const { seeds } = at
  const killed = trials.filter(({ kill }) => kill !== undefined)
  const bySimulator = killed.filter(({ kill }) => kill?.kind !== 'test')
  const runs = baseline.reduce((sum, { runs: some }) => sum + some, 0)
  return [
    '# Evidence: planted bugs',
    '',
    '<!-- Written by `npm run mutants -- --report`; not by hand. -->',
    '',
    `Commit \`${at.commit}\`, ${at.date}, Node ${at.node}, ${at.platform}; ` +
      `${at.seconds.toFixed(0)} s.`,
    '',
    `**${killed.length} of ${trials.length} mutants killed**, ${bySimulator.length} of ` +
      `them by the simulator; ${equivalents(trials).length} equivalent. The bound is ` +
      `${seeds} seeds: a seed is one run of each of the eight simulations ` +
      `(\`soak/mutants\`, \`soak/simulation\`), a quarter of a minute of simulated faults ` +
      `each; with the first two seeds each is run twice and the hashes are compared (I25).`,
    '',
    'A mutant is killed when the first failure is seen. *Caught by* is who saw it first: ' +
      'the checker of an invariant, the oracle of a scenario (its own checks, clients that ' +
      'were told something wrong, a system that does not come to rest), or a test where no ' +
      'simulation can see it. Where that was for another invariant than the targeted one, ' +
      '*its own* says after how many seeds that one is seen to be violated with the other ' +
      'checkers put out; — means that it is not within five seeds, for instance because ' +
      'somebody else always sees it before.',
    '',
    '| mutant | the bug | breaks | caught by | seeds | its own | s |',
    '| --- | --- | --- | --- | --: | --: | --: |',
    baselineRow(baseline, seeds, runs),
    ...trials.map(row),
    '',
    ...reasons(trials),
  ].join('\n')
}

function equivalents(trials: readonly Trial[]): readonly Trial[] {
  return trials.filter(({ mutant, kill }) => mutant.equivalent !== undefined && kill === undefined)
}

function baselineRow(baseline: readonly Trial[], seeds: number, runs: number): string {
  const fallen = baseline.flatMap(({ kill }) => (kill === undefined ? [] : [kill.by]))
  const verdict = fallen.length === 0 ? 'nobody' : fallen.join(', ')
  const seconds = baseline.reduce((sum, trial) => sum + trial.seconds, 0)
  const cells = `*no bug* | *the source as it is, ${runs} runs* | | *${verdict}* | *${seeds}*`
  return `| ${cells} | | ${seconds.toFixed(1)} |`
}

function row({ mutant, kill, ownSeeds, seconds }: Trial): string {
  const { id, bug, targets } = mutant
  const cells = [`\`${id}\``, cell(bug), targets.join(', '), caughtBy(kill), seedsOf(kill)]
  return `| ${[...cells, ownCell(mutant, kill, ownSeeds), seconds.toFixed(1)].join(' | ')} |`
}

function caughtBy(kill: Trial['kill']): string {
  if (kill === undefined) return '**nobody**'
  const { kind, by, scenario } = kill
  if (kind === 'test') return `test \`${by.replace(/^test\//, '')}\``
  if (kind === 'hang') return 'the run does not end'
  const words = kind === 'invariant' ? `**${by}**` : `${by}: ${cell(oneLine(kill.message, 90))}`
  return `${words} in ${scenario}`
}

function seedsOf(kill: Trial['kill']): string {
  return kill === undefined || kill.seeds === 0 ? '' : `${kill.seeds}`
}

function ownCell(
  { targets, test }: Trial['mutant'],
  kill: Trial['kill'],
  ownSeeds: number | undefined,
): string {
  if (kill === undefined || test !== undefined) return ''
  if (targets.includes(kill.by)) return 'first'
  return ownSeeds === undefined ? '—' : `${ownSeeds}`
}

function reasons(trials: readonly Trial[]): readonly string[] {
  const byTest = trials.flatMap(({ mutant: { id, test } }) => {
    return test === undefined ? [] : [`- \`${id}\`: ${test.because}`]
  })
  const same = equivalents(trials).map(({ mutant: { id, equivalent } }) => {
    return `- \`${id}\`: ${equivalent}`
  })
  const lines: string[] = []
  if (byTest.length > 0) lines.push('## Why a test and not the simulator', '', ...byTest, '')
  if (same.length > 0) lines.push('## Why nobody can tell', '', ...same, '')
  return lines
}

/** Text that stays in its cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

/** The list of `--names`. */
export function namesText(mutants: readonly Trial['mutant'][]): string {
  return mutants.map(({ id, targets, bug }) => `${id} (${targets.join(', ')}): ${bug}\n`).join('')
}

/** What is printed when everything is over. */
export function outputOf(findings: Findings, at: Circumstances, { json }: Options): string {
  return json ? verdictJson(findings, at) : verdictText(findings)
}
