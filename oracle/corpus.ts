/**
 * The corpus: programs and what OTP did, so that a machine without Elixir can compare, too.
 *
 * Invariant: a line of the file is one program with every outcome it may have, in canonical form;
 * the first line says which OTP it was.
 */
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Program } from './program.ts'

/** One program and what OTP did. */
export interface Entry {
  readonly program: Program
  /** More than one where OTP leaves open what happens. */
  readonly outcomes: readonly string[]
}

/** All of them. */
export interface Corpus {
  /** Such as `elixir 1.14.0 otp 25 erts 13.1.5`. */
  readonly versions: string
  readonly entries: readonly Entry[]
}

/** A corpus as the bytes of a file. */
export function packCorpus({ versions, entries }: Corpus): Buffer {
  const lines = [JSON.stringify({ versions }), ...entries.map((entry) => JSON.stringify(entry))]
  return gzipSync(lines.join('\n'), { level: 9 })
}

/** The corpus in the bytes of a file. */
export function unpackCorpus(bytes: Buffer): Corpus {
  const [head = '{}', ...lines] = gunzipSync(bytes).toString('utf8').split('\n')
  const { versions }: { versions: string } = JSON.parse(head)
  return { versions, entries: lines.map((line) => JSON.parse(line)) }
}
