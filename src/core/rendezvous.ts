/**
 * Rendezvous hashing (highest random weight): which shard a key belongs to.
 *
 * Invariant: the answer depends on the key and on which shards are listed, never on their order,
 * the node or the version; adding a shard moves keys only to it, removing one moves only its keys.
 * The score of a shard is `fmix32(hashKey(key) ^ hashKey(shard))`, and the highest score wins. Two
 * shards whose hashes collide would score the same for every key: between them the same score with
 * hashes of seed 1 decides, and if those are equal too, the key text.
 *
 * It keeps no table of owners: a list of shards is all there is. Chosen keys can be made to meet in
 * one shard; see hash.ts.
 */
import { argumentError, checkFunction } from './argument-error.ts'
import { fmix32, hashKey, hashOwnKey } from './hash.ts'
import { checkKey, type Key, keyText, ownKey, showKey } from './key.ts'

/**
 * Gives the shard with the highest score for a key: the one place where the key belongs.
 *
 * Give the same array each time: it is checked and hashed once per array, and again after a change
 * to it. Freeze it, and a pick does not look for changes either, which halves its cost when there
 * are many shards. A pick takes time in proportion to their number.
 *
 * @param key A string, finite number, bigint, boolean or array of those.
 * @param shards The shards, in any order: 1 to 1,000,000 different strings or finite numbers.
 * @returns One of the shards.
 * @throws ArgumentError `FLOTILLA_INVALID_KEY` for a key that is none, `FLOTILLA_INVALID_ARGUMENT`
 * for an empty list, a shard listed twice or one that is neither a string nor a finite number,
 * `FLOTILLA_LIMIT` for too many shards.
 */
export function pickShard<S extends string | number>(key: Key, shards: readonly S[]): S {
  const own = ownKey(attempted, key)
  const { seeds } = preparedList(shards)
  const keyHash = hashOwnKey(own)
  let best = 0
  let bestScore = fmix32(keyHash ^ (seeds[0] ?? 0))
  for (let i = 1; i < seeds.length; i++) {
    const score = fmix32(keyHash ^ (seeds[i] ?? 0))
    if (score < bestScore) continue
    const isTwin = score === bestScore
    if (isTwin && compareTwins(own, shardAt(shards, best), shardAt(shards, i)) < 0) continue
    best = i
    bestScore = score
  }
  return shardAt(shards, best)
}

/**
 * Gives all shards, best first: the first is the one of {@link pickShard}, the next ones are where
 * replicas and fall-backs belong.
 *
 * @param key A string, finite number, bigint, boolean or array of those.
 * @param shards The shards, in any order: 1 to 1,000,000 different strings or finite numbers.
 * @param weightOf The weight of a shard, a finite number of at least 0: with twice the weight a
 * shard comes first for twice the keys; with 0 it comes after every shard that has a weight. All
 * weights are equal if left out.
 * @returns A new array.
 * @throws ArgumentError As {@link pickShard} does, and `FLOTILLA_INVALID_OPTION` for a wrong
 * weight. What `weightOf` throws is not caught.
 */
export function rankShards<S extends string | number>(
  key: Key,
  shards: readonly S[],
  weightOf?: (shard: S) => number,
): readonly S[] {
  const own = ownKey(attempted, key)
  if (weightOf !== undefined) checkFunction(attempted, weightOf, 'weightOf')
  const { seeds } = preparedList(shards)
  const keyHash = hashOwnKey(own)
  const ranked = Array.from(seeds, (seed, i) => {
    const shard = shardAt(shards, i)
    const score = fmix32(keyHash ^ seed)
    return { shard, score, value: weightOf === undefined ? 0 : weigh(score, weightOf(shard)) }
  })
  ranked.sort(
    (one, other) =>
      other.value - one.value ||
      other.score - one.score ||
      compareTwins(own, one.shard, other.shard),
  )
  return ranked.map(({ shard }) => shard)
}

type Shard = string | number

interface PreparedList {
  /** The list that was given. */
  readonly given: readonly Shard[]
  /** The shards as they were when the list was prepared. */
  readonly shards: readonly Shard[]
  /** The hash of each shard. */
  readonly seeds: Int32Array
  /** A frozen array cannot have changed since. */
  readonly isFrozen: boolean
}

const attempted = 'pick a shard'
const shardsMax = 1_000_000

// Not state but a memo: it only saves time, and an array that is dropped takes its entry along.
const preparedLists = new WeakMap<readonly Shard[], PreparedList>()
/** The frozen list of the last pick, which is mostly that of the next. */
let lastList: PreparedList | undefined

function preparedList(shards: readonly Shard[]): PreparedList {
  if (lastList !== undefined && lastList.given === shards) return lastList
  let list = preparedLists.get(shards)
  if (list === undefined || !(list.isFrozen || isUnchanged(list.shards, shards))) {
    list = prepare(shards)
    preparedLists.set(shards, list)
  }
  if (list.isFrozen) lastList = list
  return list
}

function isUnchanged(before: readonly Shard[], now: readonly Shard[]): boolean {
  const length = before.length
  try {
    if (now.length !== length) return false
    for (let i = 0; i < length; i++) if (now[i] !== before[i]) return false
    return true
  } catch {
    return false // a Proxy that turned hostile: it is read afresh, and refused
  }
}

function isFrozen(list: readonly Shard[]): boolean {
  try {
    return Object.isFrozen(list)
  } catch {
    return false // a Proxy that does not say: it is compared each time
  }
}

function prepare(given: readonly Shard[]): PreparedList {
  const seen = new Set<Shard>()
  for (const shard of readItems(given)) {
    checkShard(shard)
    if (seen.has(shard)) {
      const problem = `the shard ${showKey(shard)} is listed twice`
      throw argumentError('invalid_argument', { attempted, problem, wanted: 'each shard once' })
    }
    seen.add(shard)
  }
  const shards = [...seen]
  const seeds = Int32Array.from(shards, (shard) => hashKey(shard))
  return { given, shards, seeds, isFrozen: isFrozen(given) }
}

function readItems(given: unknown): readonly unknown[] {
  let length = 0
  try {
    if (Array.isArray(given)) {
      length = given.length
      if (length > 0 && length <= shardsMax) return Array.from({ length }, (_, i) => given[i])
    }
  } catch {
    // A revoked Proxy, or a trap that throws: refused below like everything that is no list.
  }
  if (length > 0) {
    const problem = `there are ${length} shards`
    throw argumentError('limit', { attempted, problem, wanted: 'at most 1,000,000' })
  }
  const wanted = 'an array of at least one shard'
  throw argumentError('invalid_argument', { attempted, subject: 'the list', given, wanted })
}

function checkShard(shard: unknown): asserts shard is Shard {
  if (typeof shard !== 'string' && !(typeof shard === 'number' && Number.isFinite(shard))) {
    const wanted = 'a string or a finite number'
    throw argumentError('invalid_argument', { attempted, subject: 'a shard', given: shard, wanted })
  }
  checkKey(attempted, shard)
}

function shardAt<S>(shards: readonly S[], index: number): S {
  try {
    const shard = shards[index]
    if (shard !== undefined) return shard
  } catch {
    // A Proxy that turned hostile after it was checked.
  }
  const problem = 'the list of shards changes while it is read'
  throw argumentError('invalid_argument', { attempted, problem, wanted: 'an array' })
}

/** Orders two shards of the same score: below 0 if the first is better. */
function compareTwins(key: Key, one: Shard, other: Shard): number {
  const keyHash = hashKey(key, 1)
  const oneScore = fmix32(keyHash ^ hashKey(one, 1))
  const otherScore = fmix32(keyHash ^ hashKey(other, 1))
  if (oneScore !== otherScore) return otherScore - oneScore
  return keyText(one) < keyText(other) ? -1 : 1
}

/** Standard weighted rendezvous: -1 / ln of a fraction that grows with the score, weighted. */
function weigh(score: number, weight: unknown): number {
  if (typeof weight !== 'number' || !Number.isFinite(weight) || weight < 0) {
    throw argumentError('invalid_option', {
      attempted,
      subject: 'a weight from option "weightOf"',
      given: weight,
      wanted: 'a finite number of at least 0',
    })
  }
  return weight / -Math.log((score + 0.5) / 2 ** 32)
}
