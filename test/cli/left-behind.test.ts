import { expect, test } from 'vitest'
import { activeResourcesOf, leftBehind, leftBehindFailure } from '../../src/cli/left-behind.ts'

test('finds what is there now and was not before, as often as it is more', async () => {
  const now = ['PipeWrap', 'Timeout', 'TCPSocketWrap', 'Timeout']
  expect(await leftBehind(['PipeWrap', 'Timeout'], () => now)).toEqual(['TCPSocketWrap', 'Timeout'])
  expect(await leftBehind(now, () => ['Timeout'])).toEqual([])
})

test('gives what is closing some turns, and does not wait for ever', async () => {
  let looks = 0
  const closing = (): string[] => {
    looks += 1
    return looks < 4 ? ['Timeout'] : []
  }
  expect(await leftBehind([], closing)).toEqual([])
  expect(looks).toBe(4)
})

test('has Node open its output before it looks', () => {
  const opened: string[] = []
  const process = {
    get stdout() {
      return opened.push('stdout')
    },
    get stderr() {
      return opened.push('stderr')
    },
    getActiveResourcesInfo: () => [...opened],
  }
  expect(activeResourcesOf(process)).toEqual(['stdout', 'stderr'])
})

test('sees a real timer, and that it is gone', async () => {
  const activeResources = () => process.getActiveResourcesInfo()
  const before = activeResources()
  const timer = setTimeout(() => undefined, 60_000)
  try {
    expect(await leftBehind(before, activeResources)).toEqual(['Timeout'])
  } finally {
    clearTimeout(timer)
  }
  expect(await leftBehind(before, activeResources)).toEqual([])
})

test('is a failure that names the types', () => {
  const end = { virtualMs: 50, events: 9 }
  const failure = leftBehindFailure(['Timeout', 'FSEventWrap', 'Timeout'], end)
  expect(failure).toMatchObject({ kind: 'refused', subject: 'FSEventWrap, Timeout', atMs: 50 })
  expect(failure.message).toContain('has left 1 FSEventWrap, 2 Timeout in its OS process')
})
