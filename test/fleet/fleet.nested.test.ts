import { exit, tryCall } from 'flotilla'
import { describe, expect, it } from 'vitest'
import { run } from '../supervisor/running.ts'
import { crew, pidAt } from './crew.ts'

describe('a worker that asks its own fleet from its init', () => {
  it('gets another worker, since one start does not hold up the next', async () => {
    const workers = crew()
    await run(workers)
    const init = async (): Promise<void> => {
      await workers.ensure({ id: 'b' })
    }
    await workers.ensure({ id: 'a', init })
    expect(workers.counts()).toMatchObject({ running: 2 })
  })

  it('is refused if it asks for itself, instead of waiting for ever', async () => {
    const workers = crew()
    await run(workers)
    const refusals: unknown[] = []
    const init = (): Promise<void> =>
      workers.start({ id: 'a' }).then(
        () => undefined,
        (error) => void refusals.push(error),
      )
    await workers.ensure({ id: 'a', init })
    expect(refusals).toMatchObject([{ reason: { kind: 'calling_self' } }])
  })

  it('is refused to start again after its end', async () => {
    const workers = crew()
    await run(workers)
    const pid = await workers.ensure({ id: 'a' })
    const answers: unknown[] = []
    await tryCall(pid, 'run', ({ self }) => {
      exit(self, 'kill')
      workers.start({ id: 'b' }).catch((error) => answers.push(error))
    })
    await workers.ensure({ id: 'c' })
    expect(answers).toMatchObject([{ reason: { kind: 'killed' } }])
    expect([workers.whereis('b'), pidAt(workers, 'c')]).toEqual([undefined, expect.anything()])
  })
})
