/**
 * Every small program, each once.
 *
 * Invariant: of programs that differ only in the order of their clients or in what the keys are
 * called exactly one is given.
 */
import type { ClientKind, Program, Step, StepKind } from './program.ts'

/** Which programs are meant. */
export interface Family {
  readonly name: string
  readonly kinds: readonly StepKind[]
  readonly keys: readonly string[]
  readonly client: ClientKind
}

/** The most clients of a program. */
const clientsMax = 3

/** Every program of the family with so many steps in total, by one to three clients. */
export function* programsOf(family: Family, steps: number): IterableIterator<Program> {
  const alphabet = family.keys.flatMap((key) => family.kinds.map((kind): Step => ({ kind, key })))
  const turned = renamed(alphabet, family.keys)
  for (const lengths of divisions(steps, clientsMax, steps)) {
    for (const words of wordsOf(lengths, alphabet.length)) {
      if (!isFirstOfItsNames(words, turned)) continue
      yield words.map((word) => ({
        kind: family.client,
        steps: word.flatMap((letter) => alphabet[letter] ?? []),
      }))
    }
  }
}

/** A program as letters, for each client a word; longer words first, equal ones in order. */
type Words = readonly (readonly number[])[]

/** The ways to divide a number into at most so many parts, none greater than the one before. */
function* divisions(total: number, parts: number, greatest: number): IterableIterator<number[]> {
  if (total === 0) yield []
  if (total === 0 || parts === 0) return
  for (let first = Math.min(total, greatest); first > 0; first -= 1) {
    for (const others of divisions(total - first, parts - 1, first)) yield [first, ...others]
  }
}

/** Words of these lengths; of clients with words of one length only one order is given. */
function* wordsOf(lengths: readonly number[], letters: number): IterableIterator<Words> {
  const [first, ...others] = lengths
  if (first === undefined) {
    yield []
    return
  }
  for (const rest of wordsOf(others, letters)) {
    const neighbour = rest[0]?.length === first ? rest[0] : undefined
    for (const word of wordsFrom(neighbour, first, letters)) yield [word, ...rest]
  }
}

/** The words of a length that do not come before a given one. */
function* wordsFrom(
  least: readonly number[] | undefined,
  length: number,
  letters: number,
): IterableIterator<readonly number[]> {
  const word = least === undefined ? Array<number>(length).fill(0) : [...least]
  for (;;) {
    yield [...word]
    let place = length - 1
    while (place >= 0 && (word[place] ?? 0) === letters - 1) {
      word[place] = 0
      place -= 1
    }
    if (place < 0) return
    word[place] = (word[place] ?? 0) + 1
  }
}

/** For each other way to call the keys: which letter each letter becomes. */
function renamed(alphabet: readonly Step[], keys: readonly string[]): readonly number[][] {
  return permutations(keys)
    .slice(1)
    .map((names) => {
      const nameOf = new Map(keys.map((key, index) => [key, names[index]]))
      return alphabet.map(({ kind, key }) => {
        return alphabet.findIndex((other) => other.kind === kind && other.key === nameOf.get(key))
      })
    })
}

function permutations(items: readonly string[]): string[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, index) => {
    return permutations(items.toSpliced(index, 1)).map((others) => [item, ...others])
  })
}

function isFirstOfItsNames(words: Words, turned: readonly number[][]): boolean {
  const own = inOrder(words)
  return turned.every((letters) => {
    return own <= inOrder(words.map((word) => word.map((letter) => letters[letter] ?? 0)))
  })
}

/** The same text for the same words in any order of the clients. */
function inOrder(words: Words): string {
  return words
    .map((word) => word.map((letter) => String.fromCharCode(65 + letter)).join(''))
    .sort()
    .join(' ')
}
