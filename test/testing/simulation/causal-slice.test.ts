import { expect, test } from 'vitest'
import { causalSlice } from '../../../src/testing/simulation/causal-slice.ts'
import type { SimulationEventContent } from '../../../src/testing/simulation/simulation-event.ts'
import { eventOf } from './bench.ts'

const ofNode = { node: 'a', life: 1 } as const

function sent(message: number, from: string, to: string): SimulationEventContent {
  const place = { mailboxSize: 1, maxMailboxSize: 9, timeoutMs: undefined, down: undefined }
  const what = { message, from, to, messageKind: 'cast', name: 'x' } as const
  return { ...ofNode, kind: 'message_sent', ...what, ...place }
}

function began(message: number, from: string, to: string): SimulationEventContent {
  const what = { message, from, to, messageKind: 'cast', name: 'x' } as const
  return { ...ofNode, kind: 'handler_began', ...what, nodeMs: 0, down: undefined, isSettled: false }
}

function settled(message: number, from: string, to: string): SimulationEventContent {
  const what = { message, from, to, outcome: 'reply' } as const
  return { ...ofNode, kind: 'call_settled', ...what, afterMs: 0, timeoutMs: 5000 }
}

function sliceOf(story: readonly SimulationEventContent[]): string[] {
  const log = story.map((content, index) => eventOf(index + 1, content))
  return causalSlice(log).map((line) => `event ${Number.parseInt(line, 10)}`)
}

test('goes from a handler to its message, to the handler that sent it, and so on', () => {
  const story = [
    sent(1, 'client x', 'a/1'),
    sent(2, 'client y', 'a/9'),
    began(1, 'client x', 'a/1'),
    sent(3, 'a/1', 'a/2'),
    began(2, 'client y', 'a/9'),
    began(3, 'a/1', 'a/2'),
  ]
  expect(sliceOf(story)).toEqual(['event 1', 'event 3', 'event 4', 'event 6'])
})

test('goes on with what whoever answered had been told before', () => {
  const story = [
    sent(1, 'client x', 'a/1'),
    began(1, 'client x', 'a/1'),
    sent(2, 'client y', 'a/1'),
    sent(3, 'client y', 'a/9'),
    began(3, 'client y', 'a/9'),
    began(2, 'client y', 'a/1'),
    sent(4, 'client y', 'a/2'),
    settled(2, 'client y', 'a/1'),
    sent(5, 'client y', 'a/2'),
    began(5, 'client y', 'a/2'),
  ]
  const followed = [1, 2, 3, 6, 8, 9, 10].map((number) => `event ${number}`)
  expect(sliceOf(story)).toEqual(followed)
})

test('has the faults that befell those in it, and no others', () => {
  const fault = (target: string): SimulationEventContent => {
    return { kind: 'fault', fault: 'pause', target, detail: '' }
  }
  const story = [fault('a'), fault('b'), sent(1, 'a/1', 'a/2'), began(1, 'a/1', 'a/2')]
  expect(sliceOf(story)).toEqual(['event 1', 'event 3', 'event 4'])
})

test('has an end, however long the story', () => {
  const story = Array.from({ length: 1000 }, () => began(1, 'a/1', 'a/2'))
  expect(sliceOf(story).length).toBeLessThanOrEqual(80)
})
