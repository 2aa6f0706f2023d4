/**
 * The frozen hash of keys: murmur3, x86 variant, 32 bits, over UTF-8.
 *
 * Invariant: the same key has the same hash on every node and in every version; shards are placed
 * by it, so a change here would move processes. A lone surrogate, which has no UTF-8, is written
 * as three bytes like any other unit of its size, so that different texts stay different bytes.
 *
 * It is not keyed: who chooses keys can make them collide. Place by it, do not protect by it.
 *
 * Source: MurmurHash3_x86_32 of Austin Appleby's smhasher, in the public domain.
 */
import { checkCount } from './argument-error.ts'
import { type Key, keyText, ownKey } from './key.ts'

/**
 * Hashes the UTF-8 bytes of a text with murmur3; allocates nothing.
 *
 * @param text Any text.
 * @param seed An unsigned 32-bit integer; 0 if left out.
 * @returns An unsigned 32-bit integer.
 */
export function hashText(text: string, seed = 0): number {
  return murmur3(text, seed, false)
}

/**
 * Hashes a key: the same as `hashText(keyText(key), seed)`, but faster for strings.
 *
 * @param key A key; anything else is refused.
 * @param seed An unsigned 32-bit integer; 0, the seed of every placement, if left out.
 * @returns An unsigned 32-bit integer.
 * @throws ArgumentError `FLOTILLA_INVALID_KEY`, `FLOTILLA_INVALID_OPTION` for a wrong seed.
 */
export function hashKey(key: Key, seed = 0): number {
  const own = ownKey(attempted, key)
  if (seed !== 0) checkCount(attempted, seed, { option: 'seed', min: 0, max: 2 ** 32 - 1 })
  return hashOwnKey(own, seed)
}

/**
 * `hashKey` for a key that `ownKey` has given, without looking at it again.
 *
 * @param own The key.
 * @param seed An unsigned 32-bit integer; 0 if left out.
 * @returns An unsigned 32-bit integer.
 */
export function hashOwnKey(own: Key, seed = 0): number {
  const isShort = typeof own === 'string' && own.length < shortUnits
  return isShort ? murmur3(own, seed, true) : murmur3(keyText(own), seed, false)
}

/**
 * Murmur3's finaliser: a one-to-one mix in which every bit depends on every other.
 *
 * @param bits A 32-bit integer; higher bits are ignored.
 * @returns An unsigned 32-bit integer.
 */
export function fmix32(bits: number): number {
  let mixed = bits
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

const attempted = 'hash a key'
const shortUnits = 100

/**
 * Bytes are gathered in `block`, lowest first; a full block of four is mixed into `hash`. With
 * `isShortKey` the bytes are those of `s<length>:<text>`, the key text of a string of less than a
 * hundred units, without building it.
 */
function murmur3(text: string, seed: number, isShortKey: boolean): number {
  const { length } = text
  let hash = seed
  let block = 0
  let filled = 0 // bits of the block
  let bytes = 0
  if (isShortKey && length < 10) {
    block = 0x73 | ((0x30 + length) << 8) | (0x3a << 16) // s, a digit, :
    filled = 24
    bytes = 3
  } else if (isShortKey) {
    const tens = (length / 10) | 0
    const digits = (0x30 + tens) | ((0x30 + length - tens * 10) << 8)
    hash = mixBlock(hash, 0x73 | (digits << 8) | (0x3a << 24)) // s, two digits, :
    bytes = 4
  }
  let i = 0
  // Four ASCII units at once, as far as they go: most keys are nothing else.
  for (; i + 4 <= length; i += 4) {
    const word = asciiWord(text, i)
    if (word < 0) break
    hash = mixBlock(hash, block | (word << filled))
    block = filled === 0 ? 0 : word >>> (32 - filled) // a shift by 32 would be one by 0
    bytes += 4
  }
  for (; i < length; i++) {
    let unit = text.charCodeAt(i)
    let width = 8
    if (unit >= 0x80) {
      const codePoint = text.codePointAt(i) ?? 0
      if (codePoint > 0xffff) i += 1
      unit = utf8(codePoint)
      width = utf8Width(codePoint)
    }
    bytes += width >> 3
    block |= unit << filled
    filled += width
    if (filled < 32) continue
    hash = mixBlock(hash, block)
    filled -= 32
    block = filled === 0 ? 0 : unit >>> (width - filled)
  }
  if (filled > 0) hash ^= scramble(block)
  return fmix32(hash ^ bytes)
}

/** The four units from there on as bytes, the first in the lowest; -1 if one is not ASCII. */
function asciiWord(text: string, from: number): number {
  const first = text.charCodeAt(from)
  const second = text.charCodeAt(from + 1)
  const third = text.charCodeAt(from + 2)
  const fourth = text.charCodeAt(from + 3)
  if ((first | second | third | fourth) >= 0x80) return -1
  return first | (second << 8) | (third << 16) | (fourth << 24)
}

function mixBlock(hash: number, block: number): number {
  const mixed = hash ^ scramble(block)
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
}

function scramble(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51)
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593)
}

/** The UTF-8 bytes of a code point from 0x80 on, the first in the lowest eight bits. */
function utf8(codePoint: number): number {
  const last = 0x80 | (codePoint & 0x3f)
  if (codePoint < 0x800) return 0xc0 | (codePoint >> 6) | (last << 8)
  const third = 0x80 | ((codePoint >> 6) & 0x3f)
  if (codePoint < 0x10000) return 0xe0 | (codePoint >> 12) | (third << 8) | (last << 16)
  const second = 0x80 | ((codePoint >> 12) & 0x3f)
  return 0xf0 | (codePoint >> 18) | (second << 8) | (third << 16) | (last << 24)
}

/** How many bits those bytes have. */
function utf8Width(codePoint: number): number {
  if (codePoint < 0x800) return 16
  return codePoint < 0x10000 ? 24 : 32
}
