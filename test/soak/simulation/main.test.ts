import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))

test('the churn and the game of Islands hold under faults, and reach what they are to reach', async () => {
  const { code, document } = await run('--seeds', '4', '--minutes', '1')
  expect(document.failures).toEqual([])
  expect(document.lost).toEqual([])
  expect(code).toBe(0)
  expect(new Set(document.runs.map(({ name }: { name: string }) => name))).toEqual(
    new Set(['churn', 'islands']),
  )
  expect(Object.keys(document.faults).length).toBeGreaterThan(5)
  expect(document.simulatedHours).toBeGreaterThan(8 / 60)
})

test('the same seed goes the same way in another process', async () => {
  const { code, document } = await run('--check-determinism', '2', '--minutes', '0.5')
  expect(document.different).toEqual([])
  expect(document.compared).toHaveLength(4)
  expect(code).toBe(0)
})

async function run(...given: string[]) {
  const line = ['dist/cli/main.js', 'sim', 'run', 'build/soak/simulation', '--json', ...given]
  const child = spawn(process.execPath, line, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const closed = once(child, 'close')
  const document = JSON.parse(await text(child.stdout))
  const [code] = await closed
  return { code, document }
}
