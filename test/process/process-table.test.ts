import { virtualHost } from 'flotilla/testing'
import { expect, test } from 'vitest'
import { NodeRuntime } from '../../src/process/node-runtime.ts'
import { Process } from '../../src/process/process.ts'
import { ProcessTable } from '../../src/process/process-table.ts'
import { bareBehaviour } from './bare.ts'

test('the table of processes finds them by serial number and gives the oldest first', () => {
  const node = new NodeRuntime({ name: 'local', host: virtualHost(), chargesEscapes: false })
  const table = new ProcessTable()
  const processes = [1, 2, 3].map(() => new Process(node, bareBehaviour(), undefined))
  for (const process of processes.toReversed()) table.add(process)
  expect(processes.map(({ pid }) => table.get(pid.serial))).toEqual(processes)
  expect(table.inOrder()).toEqual(processes)
})
