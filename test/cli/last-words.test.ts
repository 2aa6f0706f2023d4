import { expect, test } from 'vitest'
import { stackLines } from '../../src/cli/last-words.ts'

const frame = (functionName: string, scriptId: string) => ({
  functionName,
  location: { scriptId, lineNumber: 1, columnNumber: 2 },
})

test('are the calls under way, as in a stack trace, and not too many of them', () => {
  const urls = new Map([['7', 'file:///a.mjs']])
  const callFrames = [frame('spin', '7'), frame('', '7'), frame('run', '8')]
  const paused = { callFrames: [...callFrames, ...callFrames] }
  expect(stackLines(paused, urls)).toEqual([
    'at spin (file:///a.mjs:2:3)',
    'at file:///a.mjs:2:3',
    'at run (unknown:2:3)',
    'at spin (file:///a.mjs:2:3)',
    'at file:///a.mjs:2:3',
  ])
})
