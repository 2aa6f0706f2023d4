/**
 * The door: a value from outside becomes a `Command`, or a sentence that says what is wrong.
 *
 * Invariants: it never throws; it reads only the fields of a command, each once and only if it
 * is the value's own; its answer shares nothing with the value; a problem is short, however
 * long the value. Whether a cell is on the board is left to the game.
 */

import { type Command, commandKinds } from './command.ts'
import type { UncheckedCoordinate } from './coordinate.ts'
import { islandTypes } from './island.ts'
import { players } from './player.ts'
import { isPrintableText } from './printable-text.ts'

/** The longest command id. */
export const commandIdLengthMax = 128

/** The longest name of a player. */
export const nameLengthMax = 64

/** What becomes of a value that claims to be a command. */
export type ParsedCommand =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly reason: 'invalid_command'; readonly problem: string }

/** Makes a command of any value, or says what was given and what is wanted. */
export function parseCommand(value: unknown): ParsedCommand {
  const problems: string[] = []
  const command = tryToRead(value, problems)
  if (command !== undefined) return { ok: true, command }
  const problem = `Cannot read the command: ${problems.join('; ')}`
  return { ok: false, reason: 'invalid_command', problem }
}

function tryToRead(value: unknown, problems: string[]): Command | undefined {
  try {
    if (isObject(value)) return readCommand({ fields: value, path: '', problems })
    problems.push(`it is ${describe(value)}, want an object`)
  } catch {
    // A getter or a proxy threw. What it threw may be as hostile, so nobody looks at it.
    problems.push('a field threw an error when it was read, want an object of plain fields')
  }
  return undefined
}

interface Source {
  readonly fields: Readonly<Record<string, unknown>>
  readonly path: string
  readonly problems: string[]
}

function readCommand(source: Source): Command | undefined {
  const commandId = readText(source, 'commandId', commandIdLengthMax)
  const kind = readOneOf(source, 'kind', commandKinds)
  if (kind === undefined) return undefined
  if (kind === 'add_player') {
    const name = readText(source, 'name', nameLengthMax)
    return commandId && name ? { kind, commandId, name } : undefined
  }
  const player = readOneOf(source, 'player', players)
  if (kind === 'set_islands') return commandId && player ? { kind, commandId, player } : undefined
  if (kind === 'guess') {
    const target = readCell(source, 'target')
    return commandId && player && target ? { kind, commandId, player, target } : undefined
  }
  const type = readOneOf(source, 'type', islandTypes)
  const origin = readCell(source, 'origin')
  if (!commandId || !player || !type || !origin) return undefined
  return { kind, commandId, player, type, origin }
}

function readText(source: Source, key: string, lengthMax: number): string | undefined {
  const field = readField(source, key)
  if (isPrintableText(field.given, lengthMax)) return field.given
  return note(field, `printable text of 1 to ${lengthMax} characters`)
}

function readOneOf<T extends string>(
  source: Source,
  key: string,
  choices: readonly T[],
): T | undefined {
  const field = readField(source, key)
  const chosen = choices.find((choice) => choice === field.given)
  return chosen ?? note(field, `one of "${choices.join('", "')}"`)
}

function readCell(source: Source, key: string): UncheckedCoordinate | undefined {
  const field = readField(source, key)
  if (!isObject(field.given)) return note(field, 'an object with "row" and "column"')
  const inner: Source = { fields: field.given, path: `${key}.`, problems: source.problems }
  const row = readInteger(inner, 'row')
  const column = readInteger(inner, 'column')
  return row === undefined || column === undefined ? undefined : { row, column }
}

function readInteger(source: Source, key: string): number | undefined {
  const field = readField(source, key)
  if (typeof field.given === 'number' && Number.isInteger(field.given)) return field.given
  return note(field, 'an integer from 1 to 10')
}

interface Field {
  readonly name: string
  readonly given: unknown
  readonly problems: string[]
}

/** Own fields only: nothing inherited, and nothing a polluted prototype adds. */
function readField({ fields, path, problems }: Source, key: string): Field {
  const given = Object.hasOwn(fields, key) ? fields[key] : undefined
  return { name: `${path}${key}`, given, problems }
}

function note({ name, given, problems }: Field, wanted: string): undefined {
  problems.push(`"${name}" is ${describe(given)}, want ${wanted}`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Names a value without running any of its code and without repeating all of its text. */
function describe(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return `${value}`
  if (typeof value === 'string') return describeText(value)
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object'
  return `a ${typeof value}`
}

function describeText(text: string): string {
  const shown = JSON.stringify(text.slice(0, 40))
  return text.length > 40 ? `${shown}… (${text.length} characters)` : shown
}
