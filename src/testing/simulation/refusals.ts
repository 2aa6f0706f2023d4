/**
 * What leads out of a simulation: refused by name and call site, or answered by a double.
 *
 * Invariant: a refusal says what was called and where, and ends the run; the real function is not
 * called, except by Node itself, for instance when it loads a module.
 */
import type { CheckedExternal } from './external.ts'
import type { Surroundings } from './surroundings.ts'

/** What is thrown in the place of what leads out. */
export class SimulationEscape extends Error {
  override readonly name = 'SimulationEscape'

  /**
   * @param refused what was called, such as `fs.readFileSync`
   * @param callSite where
   */
  constructor(refused: string, callSite: string) {
    super(
      `${refused} leads out of the simulation (called ${callSite}): register a double, as in ` +
        `externals: { '${refused}': { implementation } }, or give the code one`,
    )
  }
}

/** Functions by module; `*` are all that the module has. */
export const outsideFunctions: Readonly<Record<string, '*' | readonly string[]>> = Object.freeze({
  http: ['request', 'get', 'createServer'],
  https: ['request', 'get', 'createServer'],
  http2: ['connect', 'createServer', 'createSecureServer'],
  net: ['connect', 'createConnection', 'createServer', 'Socket', 'Server'],
  tls: ['connect', 'createServer'],
  dgram: ['createSocket'],
  dns: '*',
  'dns/promises': '*',
  fs: '*',
  'fs/promises': '*',
  child_process: '*',
  worker_threads: ['Worker'],
  cluster: ['fork'],
} as const)

/** Names of globals that lead out. */
export const outsideGlobals: readonly string[] = Object.freeze([
  'fetch',
  'WebSocket',
  'EventSource',
])

/**
 * What stands in the place of a function that leads out.
 *
 * @param name what it is called in refusals and in `externals`
 * @param real called on behalf of Node itself
 */
export function guarded(around: Surroundings, name: string, real: object): object {
  const refusal = (): Error => {
    const callSite = callSiteOf()
    around.refused(name, callSite)
    return new SimulationEscape(name, callSite)
  }
  return new Proxy(real, {
    apply(target, self, given: unknown[]) {
      const double = around.isForeign() ? undefined : around.external(name)
      if (double !== undefined) return answer(around, { name, double, given })
      const isAllowed = around.isForeign() || isOfNode()
      if (isAllowed && typeof target === 'function') return Reflect.apply(target, self, given)
      throw refusal()
    },
    construct(target, given: unknown[], newTarget) {
      if ((around.isForeign() || isOfNode()) && typeof target === 'function') {
        return Reflect.construct(target, given, newTarget)
      }
      throw refusal()
    },
  })
}

interface Use {
  readonly name: string
  readonly double: CheckedExternal
  readonly given: unknown[]
}

function answer(around: Surroundings, { name, double, given }: Use): unknown {
  const { fails, delayMs } = around.drawExternal(double)
  const work = (args: unknown[]): unknown => {
    around.externalUsed(name, fails ? 'failed' : 'done')
    if (fails) throw new Error(`${name} failed: injected by the simulation`)
    return Reflect.apply(double.implementation, undefined, args)
  }
  if (double.style === 'sync') return work(given)
  const later = new Promise<void>((resolve) => around.after(delayMs, resolve))
  if (double.style === 'promise') return later.then(() => work(given))
  const callback: unknown = given.at(-1)
  const call = (...args: unknown[]): unknown =>
    typeof callback === 'function' ? Reflect.apply(callback, undefined, args) : undefined
  later
    .then(() => work(given.slice(0, -1)))
    .then(
      (value) => call(null, value),
      (error) => call(error),
    )
  return undefined
}

/** The first line of the stack that is not ours. */
function callSiteOf(): string {
  return outerFrames()[0] ?? 'at a place that is not known'
}

function isOfNode(): boolean {
  return /\(?node:/.test(outerFrames()[0] ?? '')
}

const ownFile = /simulation[/\\](refusals)\.[jt]s/

function outerFrames(): string[] {
  const { stack = '' } = new Error('where')
  const lines = stack.split('\n').slice(1)
  return lines.map((line) => line.trim()).filter((line) => !ownFile.test(line) && !isProxy(line))
}

function isProxy(line: string): boolean {
  return line.includes('Proxy.') || line.includes('Object.apply') || line.includes('<anonymous>)')
}
