import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Corpus, packCorpus, unpackCorpus } from '../../oracle/corpus.ts'
import { situationsOf } from '../../oracle/coverage.ts'
import { runOnFlotilla } from '../../oracle/flotilla/driver.ts'
import { programText } from '../../oracle/print.ts'
import { canonical } from '../../oracle/trace.ts'
import { kill, plainWorker, programOf } from './programs.ts'

const path = fileURLToPath(new URL('../../oracle/corpus.jsonl.gz', import.meta.url))
const bytes = readFileSync(path)
const corpus = unpackCorpus(bytes)
const programsAtOnce = 64

describe('every recorded program', () => {
  test(`does on Flotilla what it did on ${corpus.versions}`, { timeout: 120_000 }, async () => {
    const different: string[] = []
    for (let at = 0; at < corpus.entries.length; at += programsAtOnce) {
      const some = corpus.entries.slice(at, at + programsAtOnce)
      const traces = await Promise.all(some.map(({ program }) => runOnFlotilla(program)))
      for (const [index, { program, outcomes }] of some.entries()) {
        const ours = canonical(program, traces[index] ?? '')
        if (!outcomes.includes(ours)) {
          different.push(`${programText(program)}\n\nOTP\n${outcomes[0]}\n\nFlotilla\n${ours}`)
        }
      }
    }
    expect(different.slice(0, 1), `${different.length} programs differ`).toEqual([])
  })
})

describe('the corpus', () => {
  test('holds thousands of programs in at most 2 MB, and says which OTP it was', () => {
    expect(corpus.entries.length).toBeGreaterThan(2000)
    expect(bytes.length).toBeLessThanOrEqual(2_000_000)
    expect(corpus.versions).toMatch(/^elixir \d+\.\d+\.\d+ otp \d+ erts [\d.]+$/)
  })

  test('mostly has one outcome for a program', () => {
    const open = corpus.entries.filter(({ outcomes }) => outcomes.length > 1)
    expect(open.length).toBeLessThan(corpus.entries.length / 2)
  })

  test('is read as it was written', () => {
    const program = programOf([plainWorker(1)], [kill(1)])
    const written: Corpus = { versions: 'v', entries: [{ program, outcomes: ['one', 'two'] }] }
    const read = unpackCorpus(packCorpus(written))
    expect(read).toEqual(JSON.parse(JSON.stringify(written)))
  })
})

describe('a situation', () => {
  test('is what was done to whom, and one thing that came of it', () => {
    const program = programOf([plainWorker(1, { restart: 'transient' })], [kill(1)])
    const trace = 'ok 0\n1#1 init ok\n0()\n\nok\n1#1 ended killed\n0()\n\nover\n0 ended shutdown\n'
    expect([...situationsOf(program, trace)]).toEqual([
      'signal kill worker transient under supervisor one_for_one never -> ended killed',
      'start -> init ok',
      'end -> ended shutdown',
    ])
  })
})
