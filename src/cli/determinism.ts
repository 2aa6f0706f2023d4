/**
 * Whether the same seed gives the same run: each is run twice at once, in two OS processes if there
 * may be two, of which each has run other things before.
 */
import type { RunChoices } from './choices.ts'
import { exitCodes, type Shell } from './shell.ts'
import type { Performer, Target, TaskAnswer } from './task.ts'

/** What is compared, and where it is run. */
export interface Comparison {
  readonly targets: readonly Target[]
  readonly perform: Performer
  readonly shell: Shell
}

interface Compared extends Target {
  readonly seed: number
  readonly hashes: readonly [string, string]
}

/**
 * Runs every seed twice and compares the hashes.
 *
 * @returns the exit code
 */
export async function checkDeterminism(
  choices: RunChoices,
  { targets, perform, shell }: Comparison,
): Promise<number> {
  const { seeds, firstSeed } = choices
  const compared: Compared[] = []
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    for (const target of targets) {
      const options = { ...choices.options, seed }
      const task = { kind: 'run', ...target, options, wantsTimeline: false } as const
      const answers = await Promise.all([perform(task), perform(task)])
      const [one, other] = answers.map(hashOf)
      if (one === undefined || other === undefined) return unfinished(answers, shell)
      compared.push({ ...target, seed, hashes: [one, other] })
      if (one !== other) shell.say(`${target.name} seed ${seed}: ${one} and then ${other}`)
    }
  }
  const different = compared.filter(({ hashes: [one, other] }) => one !== other)
  const ok = different.length === 0
  if (choices.json) shell.print(JSON.stringify({ ok, compared, different }, undefined, 2))
  else {
    shell.print(
      ok
        ? `${compared.length} runs, each twice: the same hash every time`
        : `${different.length} of ${compared.length} runs went another way the second time`,
    )
  }
  return ok ? exitCodes.ok : exitCodes.failed
}

function hashOf(answer: TaskAnswer): string | undefined {
  return answer.kind === 'ran' ? answer.report.hash : undefined
}

function unfinished(answers: readonly TaskAnswer[], shell: Shell): number {
  for (const answer of answers) {
    if (answer.kind === 'refused') {
      shell.say(answer.message)
      return exitCodes.refused
    }
    if (answer.kind === 'died' || answer.kind === 'hung') {
      shell.say(`a process was lost: ${answer.message}`)
    }
  }
  return exitCodes.failed
}
