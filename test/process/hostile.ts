/**
 * Values a program may be handed by mistake or on purpose: whoever takes one must refuse it
 * clearly,
 * end the process that made it, or pass it on untouched.
 */
import { runInNewContext } from 'node:vm'

/** Fresh ones for every test, by a name for messages. */
export function hostileValues(): [name: string, value: unknown][] {
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const cyclic: unknown[] = []
  cyclic.push({ cyclic })
  let deep: unknown = 0
  for (let level = 0; level < 10_000; level += 1) deep = [deep]
  const sparse: unknown[] = []
  sparse.length = 2 ** 32 - 1
  const rejected = Promise.reject(new Error('a rejected promise'))
  rejected.catch(() => undefined)
  return [
    ['undefined', undefined],
    ['null', null],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-0', -0],
    ['2^53', 2 ** 53],
    ['-1', -1],
    ['0.1', 0.1],
    ['an empty text', ''],
    ['a long text', 'x'.repeat(1_000_000)],
    ['a lone surrogate', '\ud800'],
    ['control characters', '\0\n\u001b[31m\u202e'],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
    ['then', 'then'],
    ['a symbol', Symbol('hostile')],
    ['a bigint', 10n ** 100n],
    ['a function', () => throwing()],
    ['a class', Map],
    ['a generator', [].values()],
    ['a promise', Promise.resolve(1)],
    ['a rejected promise', rejected],
    ['a thenable that throws', Object.fromEntries([['then', throwing]])],
    ['a throwing getter', Object.defineProperty({}, 'kind', { get: throwing, enumerable: true })],
    ['a throwing proxy', throwingProxy()],
    ['a revoked proxy', revoked.proxy],
    ['a frozen object', Object.freeze({})],
    ['an object without prototype', Object.create(null)],
    ['a cyclic object', cyclic],
    ['a deep array', deep],
    ['a sparse array', sparse],
    ['an invalid date', new Date(Number.NaN)],
    ['a WeakMap', new WeakMap()],
    ['an object of another realm', runInNewContext('({ registry: 1, kind: "x" })')],
    ['an error of another realm', runInNewContext('new Error("foreign")')],
  ]
}

/** A proxy all of whose traps throw. */
export function throwingProxy(target: object = {}): object {
  const traps = new Proxy({}, { get: () => throwing })
  return new Proxy(target, traps)
}

/** Throws whatever it is given. */
export function throwing(): never {
  throw new Error('a hostile value was used')
}
