/**
 * The OS process that hunts in a copy: reads a plan from its command line, writes what came of it.
 */
import { type HuntPlan, hunt } from './hunt.ts'

const [text = ''] = process.argv.slice(2)
const plan: HuntPlan = JSON.parse(text)
process.stdout.write(`${JSON.stringify(await hunt(plan))}\n`)
process.exit()
