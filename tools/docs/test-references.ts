/**
 * References to tests in documents: test: `test/path/file.test.ts` "exact test name".
 *
 * Documents cite the sentence of a title; the ids in brackets at its end may be left out.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { plainTitle } from '../conformance/test-title.ts'
import type { Problem } from '../problem.ts'
import { readSource } from '../syntax/source-file.ts'
import { testNames } from '../syntax/test-names.ts'

/** Prose of a document that starts at `line`; line breaks inside do not matter. */
export interface Passage {
  readonly path: string
  readonly line: number
  readonly text: string
}

/** One reference. */
export interface TestReference {
  readonly testPath: string
  readonly name: string
}

const reference = /\btest:\s*`([^`]+)`\s*"((?:[^"\\]|\\.)*)"/g

/** The form a reference must have, for messages. */
export const referenceForm = 'test: `test/path/file.test.ts` "exact test name"'

/** The references a passage makes. */
export function testReferences(passage: Passage): TestReference[] {
  const text = passage.text.replace(/\s+/g, ' ')
  return [...text.matchAll(reference)].map(([, testPath = '', name = '']) => ({
    testPath,
    name: name.replace(/\\(.)/g, '$1'),
  }))
}

/** Reports references to a file or a test that does not exist. */
export function brokenReferences(root: string, passage: Passage): Problem[] {
  return testReferences(passage).flatMap(({ testPath, name }) => {
    const at = { path: passage.path, line: passage.line }
    if (!existsSync(join(root, testPath))) {
      return [{ ...at, message: `names ${testPath}, which does not exist`, wanted: 'a test file' }]
    }
    const titles = testNames(readSource(root, testPath))
    if (titles.has(name) || [...titles].some((title) => plainTitle(title) === name)) return []
    const wanted = `a test of exactly that name in ${testPath}, not skipped`
    return [{ ...at, message: `names the test "${name}", which does not exist`, wanted }]
  })
}
