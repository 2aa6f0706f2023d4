import { expect, test } from 'vitest'
import { generate } from '../../oracle/generate/generate.ts'
import { programText } from '../../oracle/print.ts'
import { isValid, type Program } from '../../oracle/program.ts'
import { shrink } from '../../oracle/shrink.ts'
import { kill, plainSupervisor, plainWorker, programOf } from './programs.ts'

const kills = (text: string): number => text.split('exit signal kill').length - 1

test('leaves what the failure needs and nothing else', async () => {
  const big = programOf(
    [
      plainWorker(1, { traps: true, inits: ['ok', 'raise'] }),
      plainSupervisor(2, [plainWorker(3), plainWorker(4, { name: 0 })], {
        strategy: 'one_for_all',
      }),
    ],
    [kill(1), { op: 'count', of: 0 }, kill(4), kill(3)],
    { strategy: 'rest_for_one' },
  )
  const fails = (program: Program): boolean => {
    const text = programText(program)
    return kills(text) >= 1 && /to 3/.test(text) && /one_for_all/.test(text)
  }
  const small = await shrink(big, async (candidates) => candidates.map(fails))
  expect(programText(small)).toBe(
    [
      'supervisor 0: temporary, shutdown infinity, one_for_one, 3 restarts in 10 s',
      '  supervisor 2: permanent, shutdown infinity, one_for_all, 3 restarts in 10 s',
      '1. exit signal kill to 3',
    ].join('\n'),
  )
})

test('never makes a program that one side would refuse', async () => {
  const asked: Program[] = []
  for (let number = 0; number < 40; number += 1) {
    await shrink(generate(3, number), async (candidates) => {
      asked.push(...candidates)
      return candidates.map(({ operations }) => operations.length > 1)
    })
  }
  expect(asked.length).toBeGreaterThan(1000)
  expect(asked.filter((program) => !isValid(program))).toEqual([])
})

test('gives back a program that cannot be made smaller', async () => {
  const small = programOf([plainWorker(1)], [kill(1)])
  expect(await shrink(small, async (candidates) => candidates.map(() => false))).toBe(small)
})
