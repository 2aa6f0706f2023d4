import { promiseHooks } from 'node:v8'
import { call, child, defineServer, startNode, supervisor } from 'flotilla'
import { expect, onTestFinished, test, vi } from 'vitest'
import { contextsAreCopied } from '../../src/process/attribution.ts'

const Frail = defineServer({
  name: 'frail',
  init: () => 0,
  calls: {
    fail(): never {
      throw new Error('told to')
    },
  },
})

// In a file of its own: once an OS process has used a storage, its promises are numbered.
test('a call to a worker that crashes makes no promise of the OS process dearer', async () => {
  const asked = vi.spyOn(promiseHooks, 'createHook')
  onTestFinished(() => asked.mockRestore())
  const top = supervisor({ name: 'top', strategy: 'one_for_one' }, [child(Frail, undefined)])
  const node = await startNode(top)
  const crash = async (): Promise<void> => {
    const worker = top.whichChildren()[0]?.pid
    if (typeof worker !== 'object') throw new Error('it does not run')
    await expect(call(worker, 'fail')).rejects.toThrow('told to')
  }
  await crash()
  await crash()
  await node.stop()
  const hooks = asked.mock.calls.map(([given]) => Object.keys(given).join())
  expect(hooks).toEqual(contextsAreCopied() ? [] : ['init'])
})
