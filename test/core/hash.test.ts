import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fmix32, hashKey, hashText } from '../../src/core/hash.ts'
import { type Key, keyText } from '../../src/core/key.ts'

const alphabetSeed = 0x9747b28c

/** Vectors of the 32-bit murmur3 that its many implementations publish. */
const published: readonly (readonly [text: string, seed: number, hash: number])[] = [
  ['', 0, 0],
  ['', 1, 0x514e28b7],
  ['', 0xffffffff, 0x81f16f39],
  ['\0\0\0\0', 0, 0x2362f9de],
  ['test', 0, 0xba6bd213],
  ['test', alphabetSeed, 0x704b81dc],
  ['a', alphabetSeed, 0x7fa09ea6],
  ['aa', alphabetSeed, 0x5d211726],
  ['aaa', alphabetSeed, 0x283e0130],
  ['aaaa', alphabetSeed, 0x5a97808a],
  ['ab', alphabetSeed, 0x74875592],
  ['abc', 0, 0xb3dd93fa],
  ['abc', alphabetSeed, 0xc84a62dd],
  ['abcd', alphabetSeed, 0xf0478627],
  ['Hello, world!', 0, 0xc0363e43],
  ['Hello, world!', alphabetSeed, 0x24884cba],
  ['ππππππππ', alphabetSeed, 0xd58063c1],
  ['a'.repeat(256), alphabetSeed, 0x37405bdc],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', 0, 0xee925b90],
  ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
  ['The quick brown fox jumps over the lazy dog', alphabetSeed, 0x2fa826cd],
]

/** Our own: a change of any of these would move processes to other shards. */
const frozen: readonly (readonly [key: Key, hash: number])[] = [
  ['', 0x39bc41c4],
  ['a', 0xa9a0fbde],
  ['u1', 0xb791b04a],
  ['012345678', 0x6f784122],
  ['0123456789', 0x46430955],
  ['user-12345', 0xb3c56bef],
  ['game:42', 0x3e66a282],
  ['é', 0x604920b5],
  ['日本語', 0x77f0f0b8],
  ['😀', 0x203c4973],
  ['\ud800', 0x281b9d66],
  ['a\ud800b', 0x11b0a071],
  ['1', 0xd1dc8924],
  [0, 0xf8a18cc3],
  [-0, 0xf8a18cc3],
  [1, 0x0b18c25f],
  [-1, 0x084580b8],
  [42, 0xd7233961],
  [0.1, 0x58d46141],
  [1e21, 0x4ef304a3],
  [2 ** 53, 0xd74f5047],
  [5e-324, 0x0be53592],
  [1n, 0x4b08627d],
  [-10n, 0xb4131841],
  [true, 0xca87df4d],
  [false, 0x2b64883b],
  [[], 0x84ff377c],
  [['1'], 0xf840e437],
  [['a', 1], 0xf1f3afde],
  [['a', ['b', 2n, true]], 0xf1f4e6ec],
]

describe('hashText', () => {
  test('gives the published murmur3 of every published text', () => {
    for (const [text, seed, hash] of published) {
      expect.soft(hashText(text, seed), `${JSON.stringify(text)} with seed ${seed}`).toBe(hash)
    }
  })

  test('uses seed 0 if none is given', () => {
    expect(hashText('test')).toBe(hashText('test', 0))
  })

  test('agrees with a murmur3 over bytes that has the verification value of its author', () => {
    expect(verificationValue()).toBe(0xb0f57ee3)
    const encoder = new TextEncoder()
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: 'binary-ascii', maxLength: 300 }),
      fc.string({ unit: aroundAscii, maxLength: 20 }),
    )
    fc.assert(
      fc.property(text, fc.nat(0xffffffff), (each, seed) => {
        expect(hashText(each, seed)).toBe(murmur3OfBytes(encoder.encode(each), seed))
      }),
      { seed: 1, numRuns: 500 },
    )
  })

  test('takes a lone surrogate as three bytes of its own', () => {
    const bytesOf = { '\ud800': [0xed, 0xa0, 0x80], '\udfff': [0xed, 0xbf, 0xbf] }
    for (const [text, bytes] of Object.entries(bytesOf)) {
      expect(hashText(text)).toBe(murmur3OfBytes(bytes, 0))
      expect(hashText(`ab${text}cd`)).toBe(murmur3OfBytes([97, 98, ...bytes, 99, 100], 0))
    }
    // A pair the wrong way round is two lone ones; the right way round it is one of four bytes.
    const twoAlone = [0xed, 0xb0, 0x80, 0xed, 0xa0, 0x80]
    expect(hashText('\udc00\ud800')).toBe(murmur3OfBytes(twoAlone, 0))
    expect(hashText('\ud800\udc00')).toBe(murmur3OfBytes([0xf0, 0x90, 0x80, 0x80], 0))
  })
})

describe('hashKey', () => {
  test('keeps the hash of every kind of key for good', () => {
    for (const [key, hash] of frozen) expect.soft(hashKey(key), keyText(key)).toBe(hash)
  })

  test('is the hash of the key text for every text, seed and length', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ unit: loneSurrogates, maxLength: 6 }),
    )
    fc.assert(
      fc.property(text, fc.nat(0xffffffff), (key, seed) => {
        expect(hashKey(key, seed)).toBe(hashText(keyText(key), seed))
      }),
      { seed: 2, numRuns: 500 },
    )
    for (let length = 0; length <= 1100; length++) {
      const key = 'k'.repeat(length)
      expect(hashKey(key)).toBe(hashText(keyText(key)))
    }
  })

  test('hashes 1, "1", 1n, true and ["1"] differently', () => {
    const hashes = [1, '1', 1n, true, ['1'], [1]].map((key) => hashKey(key))
    expect(new Set(hashes).size).toBe(6)
  })
})

describe('fmix32', () => {
  test('gives unsigned results and keeps the known ones', () => {
    expect(fmix32(0)).toBe(0)
    expect(fmix32(1)).toBe(0x514e28b7)
    expect(fmix32(-1)).toBe(0x81f16f39)
    expect(fmix32(0xffffffff)).toBe(0x81f16f39)
  })

  test('flips about half of the bits of the result when one bit changes', () => {
    for (let bit = 0; bit < 32; bit++) {
      let flipped = 0
      for (let i = 0; i < 1000; i++) flipped += ones(fmix32(i) ^ fmix32(i ^ (1 << bit)))
      expect(flipped / 1000).toBeGreaterThan(15)
      expect(flipped / 1000).toBeLessThan(17)
    }
  })
})

/** Characters of one, two and three bytes. */
const aroundAscii = fc.constantFrom('a', '\u007f', '\u0080', 'ÿ', '\u07ff', '\u0800', '\uffff')
const loneSurrogates = fc.constantFrom('\ud800', '\udbff', '\udc00', '\udfff', 'a', 'é')

/** Murmur3 as its author writes it, byte by byte. */
function murmur3OfBytes(bytes: ArrayLike<number>, seed: number): number {
  const rotate = (bits: number, by: number): number => (bits << by) | (bits >>> (32 - by))
  const scramble = (block: number): number =>
    Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593)
  let hash = seed | 0
  for (let i = 0; i < bytes.length; i += 4) {
    let block = 0
    for (let j = 0; j < 4; j++) block |= (bytes[i + j] ?? 0) << (8 * j)
    hash ^= scramble(block)
    if (i + 4 <= bytes.length) hash = (Math.imul(rotate(hash, 13), 5) + 0xe6546b64) | 0
  }
  return fmix32(hash ^ bytes.length)
}

/** The test of murmur3's author: the hash of the hashes of [0], [0, 1], [0, 1, 2] and so on. */
function verificationValue(): number {
  const hashes = new DataView(new ArrayBuffer(4 * 256))
  for (let i = 0; i < 256; i++) {
    const key = Array.from({ length: i }, (_, value) => value)
    hashes.setUint32(4 * i, murmur3OfBytes(key, 256 - i), true)
  }
  return murmur3OfBytes(new Uint8Array(hashes.buffer), 0)
}

function ones(bits: number): number {
  let count = 0
  for (let rest = bits >>> 0; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2
  return count
}
