/**
 * A first-in-first-out list whose nodes are the items themselves.
 *
 * Invariant: following `next` from `head` visits `size` items and ends at `tail`; an item outside
 * every list has `next` undefined, so a taken message keeps nothing else alive. A holder may count
 * items that it keeps elsewhere into its `size` as well: nothing here walks by that number.
 *
 * These are functions over a holder and not a class, so that a process can be its own holder and an
 * idle process owns no list. An item must be in at most one list at a time; that is not checked.
 */

/** What an item must have to be put in an inbox; the inbox alone writes it. */
export interface Linked<T> {
  /** The item after this one. */
  next: T | undefined
}

/** Whatever holds a list; empty is `{ head: undefined, tail: undefined, size: 0 }`. */
export interface Inbox<T> {
  /** The oldest item: the next one to be taken. */
  head: T | undefined
  /** The newest item. */
  tail: T | undefined
  /** How many items there are. */
  size: number
}

/**
 * Puts an item behind all others.
 *
 * @param inbox The list.
 * @param item An item that is in no list.
 */
export function push<T extends Linked<T>>(inbox: Inbox<T>, item: T): void {
  if (inbox.tail === undefined) inbox.head = item
  else inbox.tail.next = item
  inbox.tail = item
  inbox.size += 1
}

/**
 * Puts an item before all others.
 *
 * @param inbox The list.
 * @param item An item that is in no list.
 */
export function unshift<T extends Linked<T>>(inbox: Inbox<T>, item: T): void {
  item.next = inbox.head
  inbox.head = item
  if (inbox.tail === undefined) inbox.tail = item
  inbox.size += 1
}

/**
 * Takes the oldest item out.
 *
 * @param inbox The list.
 * @returns The item, or undefined if the list is empty.
 */
export function shift<T extends Linked<T>>(inbox: Inbox<T>): T | undefined {
  const item = inbox.head
  if (item === undefined) return undefined
  inbox.head = item.next
  if (inbox.head === undefined) inbox.tail = undefined
  item.next = undefined
  inbox.size -= 1
  return item
}

/**
 * Takes out the item behind another one.
 *
 * @param inbox The list.
 * @param before An item of the list, or undefined for the oldest item.
 * @returns The item, or undefined if there is none.
 */
export function takeAfter<T extends Linked<T>>(
  inbox: Inbox<T>,
  before: T | undefined,
): T | undefined {
  const item = before === undefined ? inbox.head : before.next
  if (item !== undefined) unlink(inbox, before, item)
  return item
}

/**
 * Takes out every item the predicate is true for; the others keep their order. Walks the list.
 *
 * @param inbox The list.
 * @param predicate Asked once per item, oldest first. It may push, and what it pushes is asked
 * about too; it must not take out or put in front. If it throws, the list stays whole: items
 * found before are out, the others are in.
 * @returns How many items were taken out.
 */
export function removeWhere<T extends Linked<T>>(
  inbox: Inbox<T>,
  predicate: (item: T) => boolean,
): number {
  let removed = 0
  let before: T | undefined
  let item = inbox.head
  while (item !== undefined) {
    const isRemoved = predicate(item)
    const after: T | undefined = item.next // read after the predicate, which may have pushed
    if (isRemoved) {
      unlink(inbox, before, item)
      removed += 1
    } else before = item
    item = after
  }
  return removed
}

function unlink<T extends Linked<T>>(inbox: Inbox<T>, before: T | undefined, item: T): void {
  if (before === undefined) inbox.head = item.next
  else before.next = item.next
  if (inbox.tail === item) inbox.tail = before
  item.next = undefined
  inbox.size -= 1
}
