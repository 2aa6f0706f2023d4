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

/** Quiet and flood take turns, so that what the machine does meanwhile falls on both. */
const turns = 8

/** `size` callers without a pause; all quiet, and all flood, last `count` milliseconds. */
export async function responsive(task: Task): Promise<Measured> {
  const { size, count } = task
  const phaseMs = count / turns
  const fleet = await openFleet()
  const keys = await startWorkers(fleet, size)
  const server = await listen()
  const client = await startClient(server)
  const first = new Flood(fleet, keys)
  first.begin(passesOf(task))
  await sleep(warmUpMs)
  await first.end()
  const flood = new Flood(fleet, keys)
  const [idle, flooded] = [new Seen(), new Seen()]
  for (let turn = 0; turn < turns; turn += 1) {
    await idle.phase(client, phaseMs)
    flood.begin(passesOf(task))
    await flooded.phase(client, phaseMs)
    await flood.end()
  }
  client.disconnect()
  server.close()
  await fleet.close()
  return {
    intended: idle.sent + flooded.sent + flood.asked,
    completed: idle.tookMs.length + flooded.tookMs.length + flood.answered,
    figures: {
      echoP99IdleMs: percentile(idle.tookMs, 99),
      echoP99FloodMs: percentile(flooded.tookMs, 99),
      timerP99IdleMs: percentile(idle.lateMs, 99),
      timerP99Ms: percentile(flooded.lateMs, 99),
      callsPerSecond: flood.answered / flood.seconds,
    },
  }
}

/** What was seen in all the phases of one kind. */
class Seen {
  sent = 0
  readonly tookMs: number[] = []
  /** By how much each timer came late, in milliseconds. */
  readonly lateMs: number[] = []

  async phase(client: ChildProcess, phaseMs: number): Promise<void> {
    await echoesOf(client)
    this.lateMs.push(...(await timers(phaseMs)))
    const { sent, tookMs } = await echoesOf(client)
    this.sent += sent
    this.tookMs.push(...tookMs)
  }
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
  #beganAt = 0
  asked = 0
  answered = 0
  seconds = 0
  #callers: readonly Promise<void>[] = []

  constructor(fleet: FlotillaFleet, keys: readonly string[]) {
    this.#fleet = fleet
    this.#keys = keys
  }

  /** @param times how many callers there are for each worker */
  begin(times: number): void {
    this.#isOn = true
    this.#beganAt = performance.now()
    const all = Array.from({ length: times }, () => this.#keys).flat()
    this.#callers = all.map((key) => this.#callOn(key))
  }

  async end(): Promise<void> {
    this.#isOn = false
    await Promise.all(this.#callers)
    this.seconds += (performance.now() - this.#beganAt) / 1000
  }

  async #callOn(key: string): Promise<void> {
    while (this.#isOn) {
      this.asked += 1
      if ((await this.#fleet.ask(key)) === key) this.answered += 1
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
