import { expect, onTestFinished, test, vi } from 'vitest'
import { interruptible } from '../../programs/command-line.ts'

test('the first interrupt asks the work to stop, and nobody listens when it is over', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  onTestFinished(() => said.mockRestore())
  const before = process.listenerCount('SIGTERM')
  const done = await interruptible(async (signal) => {
    expect(signal.aborted).toBe(false)
    process.emit('SIGTERM')
    return signal.aborted
  })
  expect(done).toBe(true)
  expect(said).toHaveBeenCalledWith('Stopping in order; once more to stop at once\n')
  expect(process.listenerCount('SIGTERM')).toBe(before)
})

test('work that fails fails for whoever runs it, and nobody listens any more', async () => {
  const before = process.listenerCount('SIGINT')
  await expect(interruptible(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(process.listenerCount('SIGINT')).toBe(before)
})
