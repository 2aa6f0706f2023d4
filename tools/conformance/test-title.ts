/**
 * The end of a test's title: which lines of docs/conformance/catalogue.md the test proves.
 *
 * `frees every name [PROC-070, REG-036]` shows both lines; `loses no name [differs: REG-025]` shows
 * what happens instead of a line that is listed as deliberately different. Both may follow each
 * other. The title of a `describe` speaks for every test inside it.
 */

/** What a title says about the lines of the catalogue. */
export interface Claims {
  /** Lines that hold. */
  readonly holds: readonly string[]
  /** Lines that are deliberately different, as the test shows. */
  readonly differs: readonly string[]
  /** Ids that stand where they say nothing: in the sentence, or in brackets of another form. */
  readonly astray: readonly string[]
}

const id = '[A-Z]+-\\d{3}'
const group = `\\[(?:differs: )?${id}(?:, ${id})*\\]`
const trailingGroups = new RegExp(`(?: ${group})+$`)
const anyId = /\b(?:REG|DSUP|SUP|PSUP|GS|PROC|VIA|TASK)-\d+/g

/** The sentence of a title, without the brackets at its end. */
export function plainTitle(title: string): string {
  return title.replace(trailingGroups, '')
}

/** The claims at the end of a title. */
export function claimsOf(title: string): Claims {
  const brackets = trailingGroups.exec(title)?.[0] ?? ''
  const groups = [...brackets.matchAll(new RegExp(group, 'g'))].map(([text]) => text)
  const idsIn = (differs: boolean): string[] =>
    groups
      .filter((text) => text.startsWith('[differs: ') === differs)
      .flatMap((text) => text.match(new RegExp(id, 'g')) ?? [])
  return {
    holds: idsIn(false),
    differs: idsIn(true),
    astray: plainTitle(title).match(anyId) ?? [],
  }
}
