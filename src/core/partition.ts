/**
 * Which of a number of partitions a key belongs to.
 *
 * Invariant: the same key belongs to the same partition for as long as their number stays; it also
 * does so on every node and in every version. Source: Elixir `PartitionSupervisor`,
 * "Implementation notes".
 */
import { hashKey } from './hash.ts'
import type { Key } from './key.ts'

/**
 * An integer belongs to the partition of its absolute value, any other key to that of its hash,
 * modulo the number of partitions.
 *
 * @param key a key
 * @param partitions how many there are, at least 1
 * @returns from 0 to partitions - 1
 * @throws ArgumentError FLOTILLA_INVALID_KEY
 */
export function partitionOf(key: Key, partitions: number): number {
  if (typeof key === 'number' && Number.isInteger(key)) return Math.abs(key) % partitions
  if (typeof key !== 'bigint') return hashKey(key) % partitions
  return Number((key < 0n ? -key : key) % BigInt(partitions))
}
