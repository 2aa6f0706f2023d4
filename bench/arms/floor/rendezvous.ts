/**
 * Rendezvous hashing with nothing around it: no checks, no ties, the places hashed beforehand.
 */
import type { Pick } from '../work/names.ts'

/** Prepares a list of places. */
export function makePick(places: readonly string[]): Pick {
  const seeds = Int32Array.from(places, (place) => mix(hash(place)))
  return (key) => {
    const keyHash = hash(key)
    let best = 0
    let bestScore = -1
    for (let index = 0; index < seeds.length; index += 1) {
      const score = mix(keyHash ^ (seeds[index] ?? 0)) >>> 0
      if (score <= bestScore) continue
      best = index
      bestScore = score
    }
    return places[best] ?? ''
  }
}

/** FNV-1a over the code units. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  }
  return value
}

/** The finaliser of MurmurHash3: without it, similar keys would win at the same place. */
function mix(given: number): number {
  let value = given
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return value ^ (value >>> 16)
}
