import { expect, test } from 'vitest'
import { Exit } from '../../src/core/exit.ts'
import { WaitingCall } from '../../src/gen-server/waiting-call.ts'
import { Timers } from '../../src/process/timers.ts'
import { virtualHost } from '../../src/testing/virtual-host.ts'

const host = virtualHost()
const patient = { timeoutMs: 'infinity', signal: undefined } as const

function reasonOf(error: unknown): string {
  return error instanceof Exit ? error.reason.kind : 'another error'
}

test('gives what was started, and has nothing left to wait for', async () => {
  const timers = new Timers(host)
  const waiting = new WaitingCall({ timeoutMs: 50, signal: undefined }, timers)
  expect(await waiting.until(Promise.resolve('pid'))).toBe('pid')
  expect(timers.size).toBe(0)
})

test('has the less time left the longer the start took', async () => {
  const timers = new Timers(host)
  const waiting = new WaitingCall({ timeoutMs: 50, signal: undefined }, timers)
  await host.advance(20)
  expect(waiting.leftMs).toBe(30)
  await host.advance(40)
  expect(waiting.leftMs).toBe(0)
  expect(new WaitingCall(patient, timers).leftMs).toBe('infinity')
})

test('gives up when its time is over', async () => {
  const waiting = new WaitingCall({ timeoutMs: 50, signal: undefined }, new Timers(host))
  const gaveUp = waiting.until(new Promise(() => undefined)).catch(reasonOf)
  await host.advance(50)
  expect(await gaveUp).toBe('timeout')
})

test('gives up when its signal is aborted, before or while it waits', async () => {
  const never = new Promise(() => undefined)
  const controller = new AbortController()
  const patience = { timeoutMs: 50, signal: controller.signal }
  const timers = new Timers(host)
  const gaveUp = new WaitingCall(patience, timers).until(never).catch(reasonOf)
  controller.abort()
  expect(await gaveUp).toBe('aborted')
  expect(await new WaitingCall(patience, timers).until(never).catch(reasonOf)).toBe('aborted')
  expect(timers.size).toBe(0)
})

test('fails as the start fails', async () => {
  const failed = new WaitingCall(patient, undefined).until(Promise.reject(new Error('why')))
  await expect(failed).rejects.toThrow('why')
})
