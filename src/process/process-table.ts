/**
 * The living processes of a node.
 *
 * Invariant: the list has no holes, whatever comes and goes, because whoever stands last takes the
 * place of one that leaves; a process knows its place. Serial numbers lead to processes only for
 * pids that came back as plain data, so the index of them is made when the first of these is asked
 * for, and kept from then on.
 */
import type { Process } from './process.ts'

/** All of them, each once. */
export class ProcessTable implements Iterable<Process> {
  readonly #list: Process[] = []
  #bySerial: Map<number, Process> | undefined = undefined

  get size(): number {
    return this.#list.length
  }

  add(process: Process): void {
    process.place = this.#list.length
    this.#list.push(process)
    this.#bySerial?.set(process.pid.serial, process)
  }

  /** Nothing happens if it is not there. */
  delete(process: Process): void {
    const { place } = process
    if (this.#list[place] !== process) return
    const last = this.#list.pop()
    if (last !== undefined && last !== process) {
      this.#list[place] = last
      last.place = place
    }
    this.#bySerial?.delete(process.pid.serial)
  }

  /** The living process with this number. */
  get(serial: number): Process | undefined {
    this.#bySerial ??= new Map(this.#list.map((process) => [process.pid.serial, process]))
    return this.#bySerial.get(serial)
  }

  /** All that live now, the oldest first; a copy, safe while they end. */
  inOrder(): Process[] {
    return this.#list.toSorted((one, other) => one.pid.serial - other.pid.serial)
  }

  /** In no order; none may start or end meanwhile. */
  [Symbol.iterator](): ArrayIterator<Process> {
    return this.#list.values()
  }
}
