/**
 * One BEAM that runs programs: batches go in, traces come out, in order.
 *
 * Invariant: every batch is answered by as many traces as it had programs, or its promise rejects.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { type Assignment, asItLikes, encodeBatch } from './encode.ts'
import { generate } from './generate/generate.ts'

interface Waiting {
  readonly size: number
  resolve(traces: string[]): void
  reject(error: Error): void
}

/** A program that hangs takes two seconds, and there are a few hundred of them in a batch. */
const answerMs = 600_000

/** The BEAM could not be started at all. */
export class NoElixir extends Error {
  override readonly name = 'NoElixir'
}

/** A running BEAM. */
export class Beam {
  /** The versions it told at its start. */
  readonly versions: string
  readonly #child: ChildProcess
  readonly #frames: Frames
  readonly #waiting: Waiting[] = []

  /**
   * Starts a BEAM with one scheduler, which makes its runs repeatable.
   *
   * @param folder where main.exs lies
   * @param modules `own`: OTP as it is; `patched`: pausing, for runs with noise
   * @throws NoElixir as a rejection
   */
  static async start(folder: string, modules: 'own' | 'patched'): Promise<Beam> {
    const flags = '+S 1:1 +SDcpu 1:1 +SDio 1 +A 1 +sbwt none -noinput'
    const child = spawn('elixir', ['--erl', flags, `${folder}/main.exs`, modules], {
      stdio: ['pipe', 'pipe', 'inherit'],
      // A terminal sends Ctrl-C to the whole group: the oracle must end the BEAM, not the terminal.
      detached: true,
    })
    const frames = new Frames()
    const versions = await new Promise<string>((resolve, reject) => {
      child.once('error', (error) => reject(new NoElixir(error.message)))
      child.once('exit', (code) => reject(new NoElixir(`elixir ended with exit code ${code}`)))
      frames.onFrame = (frame) => resolve(frame.toString('latin1'))
      child.stdout?.on('data', (chunk: Buffer) => frames.push(chunk))
    })
    const beam = new Beam(child, frames, versions)
    // What runs for the first time loads and optimises itself, beside the program.
    await beam.run(Array.from({ length: 300 }, (_, number) => warmUp(number)))
    return beam
  }

  private constructor(child: ChildProcess, frames: Frames, versions: string) {
    this.versions = versions
    this.#child = child
    this.#frames = frames
    frames.onFrame = (frame) => this.#answered(frame.toString('latin1'))
    child.removeAllListeners('exit')
    child.once('exit', (code, signal) =>
      this.#lost(new Error(`the BEAM ended (${code ?? signal})`)),
    )
    child.stdin?.on('error', (error) => this.#lost(error))
  }

  /** Runs a batch; a trace for each program. */
  async run(batch: readonly Assignment[]): Promise<string[]> {
    if (batch.length === 0) return []
    const late = new Error(`the BEAM has not answered within ${answerMs / 1000} s`)
    const timer = setTimeout(() => this.#lost(late), answerMs)
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.push({ size: batch.length, resolve, reject })
        this.#child.stdin?.write(framed(encodeBatch(batch)))
      })
    } finally {
      clearTimeout(timer)
    }
  }

  /** Ends the BEAM; batches that are not answered yet are lost. */
  stop(): void {
    this.#frames.onFrame = () => undefined
    this.#child.removeAllListeners('exit')
    this.#child.stdin?.destroy()
    this.#child.kill('SIGKILL')
  }

  #answered(text: string): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) return
    const traces = text.split('\f')
    if (traces.length === waiting.size) waiting.resolve(traces)
    else waiting.reject(new Error(`${waiting.size} programs gave ${traces.length} traces`))
  }

  #lost(error: Error): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
  }
}

function warmUp(number: number): Assignment {
  return { program: generate(0, number), ...asItLikes }
}

function framed(content: Buffer): Buffer {
  const head = Buffer.allocUnsafe(4)
  head.writeUInt32BE(content.length)
  return Buffer.concat([head, content])
}

/** Cuts a stream into packets with a length of four bytes in front. */
class Frames {
  onFrame: (frame: Buffer) => void = () => undefined
  #chunks: Buffer[] = []
  #length = 0

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    for (let size = this.#nextSize(); this.#length >= size + 4; size = this.#nextSize()) {
      const all = Buffer.concat(this.#chunks)
      const rest = all.subarray(size + 4)
      this.#chunks = [rest]
      this.#length = rest.length
      this.onFrame(all.subarray(4, size + 4))
    }
  }

  /** The size of the next packet; infinite until it is known. */
  #nextSize(): number {
    if (this.#length < 4) return Number.POSITIVE_INFINITY
    const [first] = this.#chunks
    if (first === undefined || first.length < 4) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0]?.readUInt32BE() ?? Number.POSITIVE_INFINITY
  }
}
