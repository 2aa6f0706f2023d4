/**
 * The comparison of one program: the same on both sides, explained by a schedule, or a difference.
 */
import { Beam } from './beam.ts'
import { asItLikes } from './encode.ts'
import { explain } from './explain.ts'
import { runOnFlotilla } from './flotilla/driver.ts'
import type { Program } from './program.ts'
import { shrink } from './shrink.ts'
import { canonical } from './trace.ts'

/** A program with both its traces, in canonical form. */
export interface Comparison {
  readonly program: Program
  readonly otp: string
  readonly flotilla: string
}

/** What a batch of programs came to. */
export interface Judgement {
  /** Those that differ at first, and OTP under another schedule does the same as Flotilla. */
  readonly explained: number
  /** Those that differ whatever the schedule. */
  readonly different: readonly Comparison[]
}

/** Programs that run beside each other: one waits while another computes. */
const programsAtOnce = 32
const schedulesMax = 16_384
const schedulesMaxWhileShrinking = 192
const explainMs = 300_000
const shrinkMs = 30_000

/** Two BEAMs and Flotilla: OTP as it is, and OTP under other schedules, started when needed. */
export class Judge {
  readonly #elixir: string
  readonly #beam: Beam
  #scheduled: Promise<Beam> | undefined = undefined

  private constructor(elixir: string, beam: Beam) {
    this.#elixir = elixir
    this.#beam = beam
  }

  /** @param elixir the folder of main.exs. @throws NoElixir as a rejection */
  static async start(elixir: string): Promise<Judge> {
    return new Judge(elixir, await Beam.start(elixir, 'own'))
  }

  /** The versions of Elixir and OTP. */
  get versions(): string {
    return this.#beam.versions
  }

  /** Runs programs on both sides and looks into every difference. */
  async judge(programs: readonly Program[]): Promise<Judgement> {
    const different: Comparison[] = []
    let explained = 0
    for (const comparison of await this.compare(programs)) {
      if (comparison.otp === comparison.flotilla) continue
      if (await this.#explains(comparison, schedulesMax)) explained += 1
      else different.push(comparison)
    }
    return { explained, different }
  }

  /** Runs programs on both sides. */
  async compare(programs: readonly Program[]): Promise<Comparison[]> {
    const theirs = this.#beam.run(programs.map((program) => ({ program, ...asItLikes })))
    const ours: string[] = []
    for (let at = 0; at < programs.length; at += programsAtOnce) {
      ours.push(...(await Promise.all(programs.slice(at, at + programsAtOnce).map(runOnFlotilla))))
    }
    const otp = await theirs
    return programs.map((program, index) => ({
      program,
      otp: canonical(program, otp[index] ?? ''),
      flotilla: canonical(program, ours[index] ?? ''),
    }))
  }

  /** The smallest program that shows a difference like this one. */
  async shrink({ program }: Comparison): Promise<Comparison> {
    const untilMs = performance.now() + shrinkMs
    const smallest = await shrink(program, async (candidates) => {
      if (performance.now() > untilMs) return []
      const fails: boolean[] = []
      for (const comparison of await this.compare(candidates)) {
        const isSame = comparison.otp === comparison.flotilla
        fails.push(!isSame && !(await this.#explains(comparison, schedulesMaxWhileShrinking)))
      }
      return fails
    })
    const [comparison] = await this.compare([smallest])
    return comparison ?? { program, otp: '', flotilla: '' }
  }

  /** Every canonical trace that OTP shows under so many schedules. */
  async outcomes(program: Program, schedules: number): Promise<Set<string>> {
    this.#scheduled ??= Beam.start(this.#elixir, 'patched')
    const beam = await this.#scheduled
    const batch = Array.from({ length: schedules }, (_, index) => {
      return { program, noise: index + 1, slow: 'any', turns: [] } as const
    })
    const traces = await beam.run([...batch])
    return new Set(traces.map((trace) => canonical(program, trace)))
  }

  /** Ends both BEAMs. */
  async stop(): Promise<void> {
    this.#beam.stop()
    const scheduled = await this.#scheduled
    scheduled?.stop()
  }

  async #explains({ program, otp, flotilla }: Comparison, limit: number): Promise<boolean> {
    this.#scheduled ??= Beam.start(this.#elixir, 'patched')
    const riddle = { program, usual: otp, wanted: flotilla }
    const scheduled = await this.#scheduled
    const untilMs = performance.now() + explainMs
    const { found } = await explain(scheduled, riddle, {
      schedules: limit,
      isOver: () => performance.now() > untilMs,
    })
    return found
  }
}
