/**
 * Traces, and what of them must be equal.
 *
 * OTP promises an order of the doings of one process, of the signals between two, and of what one
 * supervisor does to its children. It promises none between others: the children of a supervisor
 * that was killed, or of a dynamic one that stops, end in any order. So a trace is compared as one
 * sequence for each process, and one for each supervisor of the starts and stops it caused.
 */
import { allPlaces, type ChildNode, type Program } from './program.ts'

/** One step of a trace: what an operation came to, what happened, how things stand after it. */
interface Step {
  readonly result: string
  readonly events: readonly string[]
  readonly state: string
}

/** A trace as steps; both sides write a line for each and tabs between its fields. */
function stepsOf(trace: string): Step[] {
  return trace.split('\n').map((line) => {
    const [result = '', events = '', state = ''] = line.split('\t')
    return { result, events: events === '' ? [] : events.split(';'), state }
  })
}

/** A trace with everything taken out that OTP leaves open. */
export function canonical(program: Program, trace: string): string {
  const families = familiesOf(program)
  return stepsOf(trace)
    .map(({ result, events, state }) => {
      const orders = [...familyOrders(families, events)].map(([id, order]) => `${id}: ${order}`)
      return [result, ...byActor(events), ...orders.sort(), state].join('\n')
    })
    .join('\n\n')
}

/** Everything each process did in a canonical trace, by process. */
export function actorsOf(trace: string): [actor: string, said: string][] {
  const actors = new Map<string, string>()
  for (const line of trace.split('\n')) {
    const actor = /^(c?\d+(?:#\d+)?) /.exec(line)?.[1]
    if (actor === undefined) continue
    actors.set(actor, `${actors.get(actor) ?? ''}${line}\n`)
  }
  return [...actors]
}

/** The events of each process in their order, the processes in any. */
function byActor(events: readonly string[]): string[] {
  const sequences = new Map<string, string[]>()
  for (const event of events) {
    const end = event.indexOf(' ')
    const actor = event.slice(0, end)
    const before = sequences.get(actor)
    if (before === undefined) sequences.set(actor, [event.slice(end + 1)])
    else before.push(event.slice(end + 1))
  }
  const lines = [...sequences].map(([actor, said]) => `${actor} ${withoutUnread(said).join('; ')}`)
  return lines.sort()
}

/**
 * What others send to a process that a signal ends meanwhile, it reads or does not: signals of
 * different senders have no order. So what it read last and did nothing about does not count.
 */
function withoutUnread(said: readonly string[]): readonly string[] {
  const end = said.findIndex((words) => words === 'gone' || words.startsWith('ended '))
  if (end < 0 || said.some((words) => words.startsWith('terminate '))) return said
  let first = end
  while (first > 0 && isRead(said[first - 1] ?? '')) first -= 1
  return said.toSpliced(first, end - first)
}

function isRead(words: string): boolean {
  return ['down ', 'exit ', 'got cast ', 'got info '].some((start) => words.startsWith(start))
}

/** The static supervisor above each worker. */
function familiesOf(program: Program): ReadonlyMap<string, number> {
  const families = new Map<string, number>()
  const remember = (parent: ChildNode): void => {
    if (parent.kind !== 'supervisor') return
    for (const child of parent.children) {
      families.set(String(child.id), parent.id)
      remember(child)
    }
  }
  remember(program.root)
  for (const place of allPlaces(program)) remember(place)
  return families
}

/** What each static supervisor did to the workers below it, in order. */
function familyOrders(
  families: ReadonlyMap<string, number>,
  events: readonly string[],
): Map<number, string> {
  const orders = new Map<number, string>()
  for (const event of events) {
    const [actor = '', what = '', reason = ''] = event.split(' ')
    const isStart = what === 'init'
    const isStop = what === 'terminate' && reason === 'shutdown'
    const family = families.get(actor.slice(0, actor.indexOf('#')))
    if (family === undefined || !(isStart || isStop)) continue
    orders.set(family, `${orders.get(family) ?? ''}${isStart ? '+' : '-'}${actor} `)
  }
  return orders
}
