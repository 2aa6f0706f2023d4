/**
 * The living processes of a node.
 *
 * Serial numbers lead to processes only for pids that came back as plain data, so most nodes never
 * make an index of them.
 */
import { DenseTable } from '../core/dense-table.ts'
import type { Process } from './process.ts'

/** All of them, each once. */
export class ProcessTable extends DenseTable<Process> {
  protected numberOf({ pid }: Process): number {
    return pid.serial
  }
}
