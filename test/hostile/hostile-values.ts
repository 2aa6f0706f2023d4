/**
 * Values that no user should give and somebody will.
 *
 * Each is made anew for each use, since some surfaces freeze, copy or await what they get; the few
 * that take milliseconds are made once. None of them ends the OS process by itself: a rejected
 * promise is looked at here.
 */
import { createContext, runInContext } from 'node:vm'

/** One value of the list. */
export interface HostileValue {
  readonly label: string
  readonly make: () => unknown
  /** It answers differently each time it is asked, so it may be accepted as well as refused. */
  readonly fickle?: true
}

const primitives: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -0,
  1,
  -1,
  0.1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  0n,
  -1n,
  2n ** 64n,
  10n ** 5000n,
  Symbol('hostile'),
  Symbol.iterator,
  Symbol.for('flotilla.Exit'),
]

const texts: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\nb',
  '\r\n',
  '\u001b[2J\u001b[31m',
  '\u202eevil',
  '\u2028',
  '\ud800',
  'caf\u00e9',
  'cafe\u0301',
  '\u{1f600}',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  'kill',
  'infinity',
  'Infinity',
  'NaN',
  '5',
  '1e309',
  'true',
  'null',
  'undefined',
  '*',
  '>',
  '.',
  '$JS.API',
  '_INBOX.x',
  '../..',
  '%2e%2e',
  '<img src=x onerror=alert(1)>',
  '{{7*7}}',
  "'; DROP TABLE games; --",
  '%s%n%d',
  'x'.repeat(255),
  'x'.repeat(256),
  'x'.repeat(4097),
  'x'.repeat(1_000_000),
]

const otherRealm = createContext()

function far(code: string): unknown {
  return runInContext(code, otherRealm)
}

function once(make: () => unknown): () => unknown {
  let made: { readonly value: unknown } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function fail(): never {
  throw new Error('user code ran')
}

/** Every trap of a Proxy, each throwing. */
const throwingTraps: ProxyHandler<object> = {
  apply: fail,
  construct: fail,
  defineProperty: fail,
  deleteProperty: fail,
  get: fail,
  getOwnPropertyDescriptor: fail,
  getPrototypeOf: fail,
  has: fail,
  isExtensible: fail,
  ownKeys: fail,
  preventExtensions: fail,
  set: fail,
  setPrototypeOf: fail,
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function rejected(): Promise<never> {
  const promise = Promise.reject(new Error('rejected'))
  promise.catch(() => undefined)
  return promise
}

function throwsWhenRead(property: string): object {
  return Object.defineProperty({}, property, { get: fail, enumerable: true })
}

function cyclic(): object {
  const value: Record<string, unknown> = {}
  value.self = value
  return value
}

function cyclicArray(): readonly unknown[] {
  const value: unknown[] = []
  value.push(value)
  return value
}

function deep(levels: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level += 1) value = wrap(value)
  return value
}

function sparse(): readonly unknown[] {
  const value: unknown[] = []
  value.length = 2 ** 32 - 1
  return value
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8)
  structuredClone(buffer, { transfer: [buffer] })
  return buffer
}

/** An array of one text that throws from the second look at its items on. */
function turnsHostile(): unknown {
  let reads = 0
  return new Proxy(['a'], {
    get(target, property, receiver) {
      if (property === '0') reads += 1
      return reads > 1 ? fail() : Reflect.get(target, property, receiver)
    },
  })
}

/** An array that answers every question about its items and none about itself. */
function guardedArray(): unknown {
  return new Proxy(['a'], { isExtensible: fail, ownKeys: fail, getPrototypeOf: fail })
}

function* generator(): Generator<number> {
  yield 1
}

/** An error whose every part is a trap. */
function hostileError(): Error {
  const error = new Error('x')
  // The stack first: it is put together from the others when it is looked at.
  for (const property of ['stack', 'name', 'message', 'cause', 'code']) {
    Object.defineProperty(error, property, { get: fail })
  }
  return error
}

function errorWithCauses(): unknown {
  return deep(10_000, (cause) => new Error('cause', { cause }))
}

function hugeError(): Error {
  return new RangeError('\u001b[31m\n'.repeat(100_000))
}

const functions: readonly HostileValue[] = [
  { label: 'a function', make: () => () => 1 },
  { label: 'a function that throws', make: () => fail },
  { label: 'a class', make: () => class Hostile {} },
  { label: 'an async function', make: () => async () => 1 },
  { label: 'a generator function', make: () => generator },
  { label: 'a function of many names', make: () => Object.defineProperty(() => 1, 'name', {}) },
  { label: 'a callable Proxy', make: () => new Proxy(() => 1, {}) },
  { label: 'a callable Proxy with throwing traps', make: () => new Proxy(fail, throwingTraps) },
]

const promises: readonly HostileValue[] = [
  { label: 'a promise', make: () => Promise.resolve(1) },
  { label: 'a promise that never settles', make: () => new Promise(() => undefined) },
  { label: 'a rejected promise', make: rejected },
  { label: 'a thenable whose then throws', make: () => thenable(fail) },
  { label: 'a thenable that never settles', make: () => thenable(() => undefined) },
  { label: 'an object whose then cannot be read', make: () => throwsWhenRead('then') },
]

function thenable(then: () => unknown): object {
  return Object.fromEntries([['then', then]])
}

const objects: readonly HostileValue[] = [
  { label: 'an empty object', make: () => ({}) },
  { label: 'a frozen object', make: () => Object.freeze({}) },
  { label: 'a frozen object with contents', make: () => Object.freeze({ a: { b: 1 } }) },
  { label: 'a null-prototype object', make: () => Object.create(null) },
  { label: 'an own __proto__', make: () => JSON.parse('{ "__proto__": { "polluted": true } }') },
  { label: 'an own constructor', make: () => JSON.parse('{ "constructor": { "prototype": {} } }') },
  { label: 'an object of another realm', make: () => far('({})') },
  { label: 'a filled object of another realm', make: () => far('({ a: [1] })') },
  { label: 'an array of another realm', make: () => far('[1, 2]') },
  { label: 'an error of another realm', make: () => far('new Error("far")') },
  { label: 'a Proxy with throwing traps', make: () => new Proxy({}, throwingTraps) },
  { label: 'an array Proxy with throwing traps', make: () => new Proxy([], throwingTraps) },
  { label: 'a revoked Proxy', make: () => revoked({}) },
  { label: 'a revoked array Proxy', make: () => revoked([]) },
  { label: 'a revoked function Proxy', make: () => revoked(() => 1) },
  { label: 'an array that turns hostile', make: turnsHostile, fickle: true },
  { label: 'a guarded array', make: guardedArray, fickle: true },
  { label: 'a throwing getter', make: () => throwsWhenRead('name') },
  { label: 'a throwing toJSON', make: () => ({ toJSON: fail, toString: fail, valueOf: fail }) },
  { label: 'a throwing toPrimitive', make: () => ({ [Symbol.toPrimitive]: fail }) },
  { label: 'a throwing iterator', make: () => ({ [Symbol.iterator]: fail, length: 1 }) },
  { label: 'a throwing toStringTag', make: () => throwsWhenReadSymbol(Symbol.toStringTag) },
  { label: 'a cyclic object', make: cyclic },
  { label: 'a cyclic array', make: cyclicArray },
  { label: 'a very deep object', make: once(() => deep(100_000, (inner) => ({ inner }))) },
  { label: 'a very deep array', make: once(() => deep(100_000, (inner) => [inner])) },
  { label: 'an empty array', make: () => [] },
  { label: 'an array with a hole', make: () => Array(1) },
  { label: 'a sparse array', make: sparse },
  { label: 'an array of arrays', make: () => [['a', 1], [[]]] },
  { label: 'an array of NaN', make: () => [Number.NaN] },
  { label: 'a detached ArrayBuffer', make: detached },
  { label: 'a SharedArrayBuffer', make: () => new SharedArrayBuffer(8) },
  { label: 'a typed array', make: () => new Uint8Array(4) },
  { label: 'a Map', make: () => new Map([['name', 'x']]) },
  { label: 'a Set', make: () => new Set([1]) },
  { label: 'a WeakMap', make: () => new WeakMap() },
  { label: 'a RegExp', make: () => /(a+)+$/ },
  { label: 'an invalid Date', make: () => new Date(Number.NaN) },
  { label: 'a boxed number', make: () => Object(5) },
  { label: 'a boxed text', make: () => Object('games') },
  { label: 'an Error', make: () => new Error('an error as a value') },
  { label: 'an Error that cannot be read', make: hostileError },
  { label: 'an Error with a chain of causes', make: once(errorWithCauses) },
  { label: 'a huge Error', make: once(hugeError) },
  { label: 'an AbortSignal', make: () => new AbortController().signal },
  { label: 'an aborted AbortSignal', make: () => AbortSignal.abort() },
]

function throwsWhenReadSymbol(property: symbol): object {
  return Object.defineProperty({}, property, { get: fail })
}

/** What looks like something of ours and is not. */
const lookalikes: readonly HostileValue[] = [
  { label: 'a via of nothing', make: () => ({ registry: 'nowhere', key: 'x' }) },
  { label: 'a via without a key', make: () => ({ registry: 'users', key: Number.NaN }) },
  { label: 'a pid of nowhere', make: () => ({ node: 'nowhere', serial: 1, incarnation: 1 }) },
  { label: 'a pid of texts', make: () => ({ node: 1, serial: '1', incarnation: null }) },
  { label: 'a reason of no kind', make: () => ({ kind: 'toString' }) },
  { label: 'a reason with wrong parts', make: () => ({ kind: 'noproc', address: Symbol('x') }) },
  { label: 'a hollow step', make: () => ({ step: 'reply', reply: 1, state: 1 }) },
  { label: 'a hollow child', make: () => ({ id: '', restart: 'permanent' }) },
  { label: 'a hollow server', make: () => ({ name: '' }) },
  { label: 'a hollow port', make: () => ({ send: () => undefined }) },
  { label: 'a hollow Exit', make: () => ({ [Symbol.for('flotilla.Exit')]: true }) },
  { label: 'a signal that throws', make: hostileSignal },
  { label: 'a signal that cannot be left', make: () => halfSignal() },
]

function hostileSignal(): object {
  return { aborted: false, addEventListener: fail, removeEventListener: fail }
}

function halfSignal(): object {
  return { aborted: false, addEventListener: () => undefined }
}

function labelled(value: unknown): HostileValue {
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value)
  const sign = Object.is(value, -0) ? '-' : ''
  const length = shown.length > 40 ? ` of ${shown.length}` : ''
  return { label: `${typeof value} ${sign}${shown.slice(0, 40)}${length}`, make: () => value }
}

/** The whole list. */
export const hostileValues: readonly HostileValue[] = [
  ...[...primitives, ...texts].map(labelled),
  ...functions,
  ...promises,
  ...objects,
  ...lookalikes,
]
