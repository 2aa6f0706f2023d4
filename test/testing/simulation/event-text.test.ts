import { expect, test } from 'vitest'
import { textOf } from '../../../src/testing/simulation/event-text.ts'
import type { SimulationEventContent } from '../../../src/testing/simulation/simulation-event.ts'
import { eventOf } from './bench.ts'

const ofNode = { node: 'a', life: 2 }
const ofMessage = { ...ofNode, message: 7, to: 'a~2/4', from: 'a~2/3', name: 'add' } as const

const texts: readonly [string, SimulationEventContent][] = [
  ['a~2 node_crashed', { ...ofNode, kind: 'node_crashed' }],
  ['a~2/4 started', { ...ofNode, kind: 'process_started', process: 'a~2/4' }],
  [
    'a~2/4 ended counter: crash',
    {
      ...ofNode,
      kind: 'process_ended',
      process: 'a~2/4',
      label: 'counter',
      reason: { kind: 'crash', error: new Error('with a path: /tmp/x') },
      wasStarting: false,
    },
  ],
  [
    'a~2/4 name_taken names "visits"',
    {
      ...ofNode,
      kind: 'name_taken',
      registry: 'names',
      key: 'visits',
      process: 'a~2/4',
      isUnique: true,
    },
  ],
  [
    '#7 a~2/3 -> a~2/4 call add',
    {
      ...ofMessage,
      kind: 'message_sent',
      messageKind: 'call',
      mailboxSize: 1,
      maxMailboxSize: 10,
      timeoutMs: 5000,
      down: undefined,
    },
  ],
  ['FAULT cut a>b for 5 ms', { kind: 'fault', fault: 'cut', target: 'a>b', detail: 'for 5 ms' }],
  ['world notes: hello', { kind: 'noted', by: 'world', note: 'hello' }],
  [
    'a => b link 1 frame_lost 3',
    { kind: 'frame_lost', from: 'a', to: 'b', link: 1, frame: 3, bytes: 1 },
  ],
]

test.each(texts)('writes %s', (text, content) => {
  expect(textOf(eventOf(1, content))).toBe(text)
})
