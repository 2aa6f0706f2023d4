/**
 * The main job: a fleet under fire, and the verdict on it.
 *
 * Usage: npm start -- [options], of which --help tells
 */

import { randomInt } from 'node:crypto'
import { Interrupts } from './interrupt.ts'
import { type Options, parseOptions, usage } from './options.ts'
import { runUnderFire } from './run.ts'
import { screenFor, styleOf } from './screen.ts'
import { exitCodeOf, verdictJson, verdictText } from './verdict.ts'

const { env, stderr, stdout } = process

const parsed = parseOptions(process.argv.slice(2))
switch (parsed.kind) {
  case 'help':
    stdout.write(usage)
    break
  case 'refused':
    stderr.write(`${parsed.message}\n`)
    process.exitCode = 2
    break
  case 'run':
    await main(parsed.options)
}

async function main(options: Options): Promise<void> {
  const { seed = randomInt(2 ** 32) } = options
  const stopping = new AbortController()
  // A reader who goes away, such as head, has seen enough: nothing is left to show a run to.
  whenGone(stdout, () => stopping.abort())
  whenGone(stderr, () => undefined)
  const statusOutput = options.json ? stderr : stdout
  const screen = screenFor(statusOutput, env)
  using _interrupts = new Interrupts(process, {
    stop: () => {
      screen.say('Stopping in order; once more to stop at once')
      stopping.abort()
    },
    force: () => process.exit(130),
    nowMs: () => performance.now(),
  })
  if (!options.json) stdout.write(`seed ${seed}\n`)
  const observe = screen.show.bind(screen)
  const report = await runUnderFire(options, { seed, signal: stopping.signal, observe })
  screen.close()
  stdout.write(options.json ? verdictJson(report) : verdictText(report, styleOf(stdout, env)))
  process.exitCode = exitCodeOf(report)
}

/** Handles the loss of whoever reads a stream; other errors keep their effect. */
function whenGone(stream: NodeJS.WriteStream, gone: () => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    gone()
  })
}
