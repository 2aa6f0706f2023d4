/**
 * What a program shows: the situations of its steps, as words that can be counted.
 */
import {
  allPlaces,
  type ChildNode,
  type Operation,
  type Program,
  singleOperations,
  type Target,
} from './program.ts'

/**
 * The situations of a program: for each step, what was done to whom, under what kind of supervisor,
 * together with each thing that happened because of it.
 */
export function situationsOf(program: Program, trace: string): Set<string> {
  const places = new Map(allPlaces(program).map((place) => [place.id, place]))
  const parents = parentsOf(program)
  const situations = new Set<string>()
  const steps = trace.split('\n\n')
  for (const [index, operation] of program.operations.entries()) {
    const happened = happenings(steps[index + 1] ?? '')
    for (const single of singleOperations([operation])) {
      const [to, deed] = deedOf(single)
      const done = `${operation.op} ${deed} ${describe(places.get(to), parents.get(to))}`
      for (const event of happened) situations.add(`${done} -> ${event}`)
    }
  }
  for (const event of happenings(steps[0] ?? '')) situations.add(`start -> ${event}`)
  for (const event of happenings(steps.at(-1) ?? '')) situations.add(`end -> ${event}`)
  return situations
}

/** The kinds of things that happened, without who they happened to. */
function happenings(step: string): Set<string> {
  const kinds = new Set<string>()
  for (const line of step.split('\n').slice(0, -1)) {
    const said = /^c?\d+(?:#\d+)? (.*)$/.exec(line)?.[1]
    for (const words of said?.split('; ') ?? []) kinds.add(words.replaceAll(/\d+(?:#\d+)?/g, '_'))
  }
  return kinds
}

function deedOf(operation: Operation): [to: Target, deed: string] {
  switch (operation.op) {
    case 'send':
      return [operation.to, `${operation.how} ${lastOf(operation.script.actions)}`]
    case 'signal':
    case 'halt':
      return [operation.to, operation.reason]
    case 'start':
      return [operation.under, operation.child.kind]
    case 'terminate':
    case 'restart':
    case 'delete':
      return [operation.child, '']
    case 'count':
      return [operation.of, '']
    default:
      return [0, '']
  }
}

function lastOf(actions: readonly { readonly do: string }[]): string {
  return actions.at(-1)?.do ?? 'nothing'
}

function describe(place: ChildNode | undefined, parent: ChildNode | undefined): string {
  if (place === undefined) return 'name'
  const traits: string[] = [place.kind, place.restart]
  if (place.significant) traits.push('significant')
  if (place.kind === 'worker' && place.traps) traits.push('traps')
  if (parent === undefined) return traits.join(' ')
  traits.push('under', parent.kind)
  if (parent.kind === 'supervisor') traits.push(parent.strategy, parent.autoShutdown)
  return traits.join(' ')
}

function parentsOf(program: Program): ReadonlyMap<number, ChildNode> {
  const parents = new Map<number, ChildNode>()
  for (const place of allPlaces(program)) {
    if (place.kind !== 'supervisor') continue
    for (const child of place.children) parents.set(child.id, place)
  }
  return parents
}
