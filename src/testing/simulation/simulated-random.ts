/**
 * The random functions of JavaScript and of `node:crypto` over the seed of a simulation.
 */

/** The functions, for those who draw numbers one by one. */
export class SimulatedRandom {
  readonly #u32: () => number

  /** @param u32 gives unsigned 32-bit integers */
  constructor(u32: () => number) {
    this.#u32 = u32
  }

  /** `Math.random`. */
  readonly fraction = (): number => this.#u32() / 2 ** 32

  /** `crypto.getRandomValues`, `crypto.randomFillSync`. */
  readonly fill = <T>(target: T): T => {
    const bytes = bytesOf(target)
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = this.#u32() & 255
    return target
  }

  /** `crypto.randomBytes`. */
  readonly bytes = (size: number, callback?: (error: null, bytes: Buffer) => void) => {
    const bytes = this.fill(Buffer.alloc(size))
    if (callback === undefined) return bytes
    queueMicrotask(() => callback(null, bytes))
    return undefined
  }

  /** `crypto.randomInt`. */
  readonly integer = (...given: readonly unknown[]): number | undefined => {
    const callback = given.findLast((item) => typeof item === 'function')
    const [first = 0, second] = given.filter((item) => typeof item === 'number')
    const [least, limit] = second === undefined ? [0, first] : [first, second]
    const drawn = least + Math.floor(this.fraction() * (limit - least))
    if (callback === undefined) return drawn
    queueMicrotask(() => Reflect.apply(callback, undefined, [null, drawn]))
    return undefined
  }

  /** `crypto.randomUUID`: version 4. */
  readonly uuid = (): string => {
    const bytes = this.fill(new Uint8Array(16))
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
    const text = Buffer.from(bytes).toString('hex')
    const ends = [8, 12, 16, 20, 32]
    return ends.map((end, index) => text.slice(index === 0 ? 0 : ends[index - 1], end)).join('-')
  }
}

function bytesOf(target: unknown): Uint8Array {
  if (ArrayBuffer.isView(target)) {
    return new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
  }
  throw new TypeError('Random values are for typed arrays and buffers')
}
