/**
 * The process that simulates: does one task after the other for the command that has started it.
 *
 * Invariant: it ends when whoever has started it does; Ctrl-C, which a terminal sends to both, is
 * the business of the other.
 */
import { trust } from '../core/trust.ts'
import { perform } from './perform.ts'

process.on('SIGINT', () => undefined)
process.on('disconnect', () => process.exit())
process.on('message', async (task) => {
  process.send?.(await perform(trust(task), cpuMs))
})

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
