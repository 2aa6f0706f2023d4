/**
 * The claim that a flood of calls starves neither sockets nor timers of the same OS process.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Measured, passesOf, type Task } from '../arm.ts'
import { percentile } from '../work/percentile.ts'
import { startWorkers } from '../work/workers.ts'
import type { Echoes } from './echo-client.ts'
import { type FlotillaFleet, openFleet } from './fleet.ts'

const warmUpMs = 500
const timerMs = 1

/** `size` callers without a pause; each phase lasts `count` milliseconds. */
export async function responsive(task: Task): Promise<Measured> {
  const { size, count: phaseMs } = task
  const fleet = await openFleet()
  const keys = await startWorkers(fleet, size)
  const server = await listen()
  const client = await startClient(server)
  const flood = new Flood(fleet, keys)
  flood.begin(passesOf(task))
  await sleep(warmUpMs)
  await flood.end()
  await echoesOf(client)
  const idle = await phase(client, phaseMs)
  flood.begin(passesOf(task))
  const flooded = await phase(client, phaseMs)
  const { asked, answered, seconds } = await flood.end()
  client.disconnect()
  server.close()
  await fleet.close()
  const echoed = idle.echoes.tookMs.length + flooded.echoes.tookMs.length
  return {
    intended: idle.echoes.sent + flooded.echoes.sent + asked,
    completed: echoed + answered,
    figures: {
      echoP99IdleMs: percentile(idle.echoes.tookMs, 99),
      echoP99FloodMs: percentile(flooded.echoes.tookMs, 99),
      timerP99IdleMs: percentile(idle.lateMs, 99),
      timerP99Ms: percentile(flooded.lateMs, 99),
      callsPerSecond: answered / seconds,
    },
  }
}

/** What was seen in one phase. */
interface Phase {
  readonly echoes: Echoes
  /** By how much each timer came late, in milliseconds. */
  readonly lateMs: readonly number[]
}

async function phase(client: ChildProcess, phaseMs: number): Promise<Phase> {
  await echoesOf(client)
  const lateMs = await timers(phaseMs)
  return { echoes: await echoesOf(client), lateMs }
}

/** One timer after the other, for so long; gives by how much each came late. */
async function timers(durationMs: number): Promise<number[]> {
  const lateMs: number[] = []
  const beganAt = performance.now()
  for (let setAt = beganAt; setAt - beganAt < durationMs; setAt = performance.now()) {
    await new Promise((resolve) => setTimeout(resolve, timerMs))
    lateMs.push(Math.max(0, performance.now() - setAt - timerMs))
  }
  return lateMs
}

/** Callers that call again as soon as they have their answer. */
class Flood {
  readonly #fleet: FlotillaFleet
  readonly #keys: readonly string[]
  #isOn = false
  #asked = 0
  #answered = 0
  #beganAt = 0
  #callers: readonly Promise<void>[] = []

  constructor(fleet: FlotillaFleet, keys: readonly string[]) {
    this.#fleet = fleet
    this.#keys = keys
  }

  /** @param times how many callers there are for each worker */
  begin(times: number): void {
    this.#isOn = true
    this.#asked = 0
    this.#answered = 0
    this.#beganAt = performance.now()
    const all = Array.from({ length: times }, () => this.#keys).flat()
    this.#callers = all.map((key) => this.#callOn(key))
  }

  async end() {
    this.#isOn = false
    await Promise.all(this.#callers)
    const seconds = (performance.now() - this.#beganAt) / 1000
    return { asked: this.#asked, answered: this.#answered, seconds }
  }

  async #callOn(key: string): Promise<void> {
    while (this.#isOn) {
      this.#asked += 1
      if ((await this.#fleet.ask(key)) === key) this.#answered += 1
    }
  }
}

async function listen(): Promise<Server> {
  const server = createServer((socket) => {
    socket.setNoDelay(true)
    // The client leaves when it has been told enough, which is no error here.
    socket.on('error', () => socket.destroy())
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

async function startClient(server: Server): Promise<ChildProcess> {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('Cannot listen on a port')
  const program = fileURLToPath(new URL('./echo-client.js', import.meta.url))
  const client = fork(program, [String(address.port)], { execArgv: [] })
  await once(client, 'message')
  return client
}

/** What the client has seen since it was asked last. */
async function echoesOf(client: ChildProcess): Promise<Echoes> {
  const told = once(client, 'message')
  client.send('tell')
  const [echoes] = await told
  return echoes
}
