/**
 * What a user's first program looks like; compiled and run against the packed package.
 *
 * A fleet of counters, one of them killed, and the proof that it is back under its name. Whatever
 * is wrong throws, so that the program ends with an exit code.
 */
import {
  ArgumentError,
  defineServer,
  Exit,
  exit,
  fleet,
  reply,
  startNode,
  supervisor,
} from 'flotilla'
import { drive, virtualHost } from 'flotilla/testing'

const Counter = defineServer({
  name: 'counter',
  init: (id: string) => ({ id, count: 0 }),
  calls: {
    add: (state, by: number) => reply(state.count + by, { ...state, count: state.count + by }),
  },
})
const counters = fleet(Counter, { name: 'counters', key: (id: string) => id })
const node = await startNode(supervisor({ name: 'app', strategy: 'one_for_one' }, [counters]))

const first = await counters.ensure('a')
const sum: number = (await counters.call('a', 'add', 1)) + (await counters.call('a', 'add', 2))

const changes: string[] = []
const back = new Promise<void>((resolve) => {
  const feed = counters.watch((event) => {
    changes.push(event.kind)
    if (event.kind !== 'register') return
    feed.stop()
    resolve()
  })
})
exit(first, 'kill')
const gone = counters.whereis('a')
await back
const afresh: number = await counters.call('a', 'add', 5)
const second = counters.whereis('a')

await node.stop()
const after: unknown = await counters.call('a', 'add', 1).catch((error: unknown) => error)
const refused: unknown = await attempt(() => counters.whereis(JSON.parse('{}')))

async function attempt(use: () => unknown): Promise<unknown> {
  try {
    return await use()
  } catch (error) {
    return error
  }
}

// A test of the same handlers without a process, and a clock that moves when told.
const driven = drive(Counter, 'b')
const three: number = driven.call('add', 3)
const host = virtualHost()
await host.advance(1000)

const checks: Readonly<Record<string, boolean>> = {
  'two calls are answered': sum === 1 + 3,
  'the name is free in the turn of the kill': gone === undefined,
  'the change feed tells of it': changes.join() === 'unregister,register',
  'it is back with its first state': afresh === 5,
  'it is another process': second !== undefined && second.serial !== first.serial,
  'a call to a stopped node is an Exit': Exit.is(after) && after.reason.kind === 'noproc',
  'a wrong key is an ArgumentError': ArgumentError.is(refused),
  'handlers run by themselves': three === 3 && driven.state.count === 3,
  'virtual time moves': host.nowMs === 1000,
}
const wrong = Object.keys(checks).filter((name) => checks[name] !== true)
if (wrong.length > 0) throw new Error(`not so: ${wrong.join('; ')}`)
console.log(`counter a: killed, and back as ${second?.serial} with ${afresh}`)
