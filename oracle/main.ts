import { Beam } from './beam.ts'
import { asItLikes } from './encode.ts'
import { explain } from './explain.ts'
import { generate } from './generate/generate.ts'
import { runOnFlotilla } from './flotilla/driver.ts'
import { canonical } from './trace.ts'
import { shrink } from './shrink.ts'
import { programText } from './print.ts'
import type { Program } from './program.ts'

const count = Number(process.argv[2] ?? 100)
const seed = Number(process.argv[3] ?? 1)
const show = Number(process.argv[4] ?? 1)
const beam = await Beam.start('/work/main/oracle/elixir', 'own')
const noisy = await Beam.start('/work/main/oracle/elixir', 'patched')
console.log(beam.versions)
let differing = 0, explained = 0, needed = 0
const t0 = performance.now()
let tb = 0, tf = 0, tn = 0
async function both(programs: readonly Program[]) {
  const theirs = await beam.run(programs.map((program) => ({ program, ...asItLikes })))
  const ours = await Promise.all(programs.map(runOnFlotilla))
  return programs.map((p, i) => [canonical(p, theirs[i] ?? ''), canonical(p, ours[i] ?? '')] as [string, string])
}
async function explains(program: Program, usual: string, wanted: string, limit: number): Promise<boolean> {
  const { found, tried } = await explain(noisy, { program, usual, wanted }, limit)
  if (found) needed += tried
  return found
}
for (let at = 0; at < count; at += 100) {
  const programs = Array.from({ length: Math.min(100, count - at) }, (_, i) => generate(seed, at + i))
  const s = performance.now()
  const theirs = await beam.run(programs.map((program) => ({ program, ...asItLikes })))
  const m = performance.now()
  const ours = await Promise.all(programs.map(runOnFlotilla))
  tb += m - s; tf += performance.now() - m
  for (const [i, program] of programs.entries()) {
    const a = canonical(program, theirs[i] ?? ''), b = canonical(program, ours[i] ?? '')
    if (a === b) continue
    const n0 = performance.now()
    const ok = await explains(program, a, b, 2000)
    tn += performance.now() - n0
    if (ok) { explained += 1; continue }
    differing += 1
    if (differing <= show) {
      const small = await shrink(program, async (ps) => {
        const res = await both(ps)
        const out: boolean[] = []
        for (const [j, [x, y]] of res.entries()) out.push(x !== y && !(await explains(ps[j]!, x, y, 200)))
        return out
      })
      const [[x = '', y = ''] = []] = await both([small])
      console.log(`\n#${at + i}\n` + programText(small))
      const A = x.split('\n\n'), B = y.split('\n\n')
      const k = A.findIndex((z, j) => z !== B[j])
      console.log('  --- step', k)
      const la = (A[k]??'').split('\n'), lb = (B[k]??'').split('\n')
      for (let j = 0; j < Math.max(la.length, lb.length); j++) console.log('  ' + (la[j] === lb[j] ? ' ' : '!') + (la[j] ?? '').padEnd(60) + '| ' + (lb[j] ?? ''))
    }
  }
}
console.log({ differing, explained, needed, count, ms: performance.now() - t0, tb, tf, tn })
beam.stop()
noisy.stop()
