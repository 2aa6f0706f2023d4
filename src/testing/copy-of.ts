/**
 * Lists that were given from outside.
 *
 * Invariant: what is given back is our own and was looked at item by item; no list, however long or
 * hostile, costs more than its first wrong item.
 */
import { trust } from '../core/trust.ts'

/**
 * Copies a list, reading each item once.
 *
 * @param list anything, hostile values included
 * @param isRight asked for each item; it may throw, which means no
 * @returns the copy, or undefined if it is no array or an item of it is not right
 */
export function copyOf<T>(list: unknown, isRight: (item: T) => boolean): T[] | undefined {
  try {
    if (!Array.isArray(list)) return undefined
    const copy: T[] = []
    const { length } = list
    for (let index = 0; index < length; index += 1) {
      const item: T = trust(list[index])
      if (!isRight(item)) return undefined
      copy.push(item)
    }
    return copy
  } catch {
    return undefined // a revoked Proxy, or a trap or getter that throws
  }
}
