import { describe, expect, it } from 'vitest'
import { type Output, screenFor, styleOf } from '../../../examples/under-fire/screen.ts'
import { snapshot } from './snapshots.ts'

describe('a terminal', () => {
  it('is drawn over in place', () => {
    const output = fakeOutput({ isTTY: true })
    const screen = screenFor(output, {})
    screen.show(snapshot())
    screen.show(snapshot({ elapsedMs: 13_000 }))
    const [first = '', second = ''] = output.written
    const lines = first.split('\n').length - 1
    expect(first).not.toContain(`\u001b[${lines}A`)
    expect(second).toContain(`\u001b[${lines}A`)
    expect(second.split('\n').length - 1).toBe(lines)
  })

  it('keeps what is said above the picture, which is drawn again below it', () => {
    const output = fakeOutput({ isTTY: true })
    const screen = screenFor(output, {})
    screen.show(snapshot())
    screen.say('Stopping')
    screen.show(snapshot())
    const [first = '', said = '', last = ''] = output.written
    const lines = first.split('\n').length - 1
    expect(said).toBe(`\u001b[${lines}A\r\u001b[2KStopping\n${first.slice(1)}`)
    expect(last).toBe(`\u001b[${lines}A${first}`)
  })

  it('is left with the cursor on a line of its own', () => {
    const output = fakeOutput({ isTTY: true })
    const screen = screenFor(output, {})
    screen.show(snapshot())
    screen.close()
    expect(output.written.join('').endsWith('\n\n')).toBe(true)
  })

  it('follows its width', () => {
    const output = fakeOutput({ isTTY: true, columns: 20 })
    screenFor(output, { NO_COLOR: '1' }).show(snapshot())
    for (const line of output.written.join('').split('\n')) {
      expect(line.replace('\r', '').replace('\u001b[2K', '').length).toBeLessThan(20)
    }
  })

  it.each([
    [{ isTTY: true, rows: 8 }, {}],
    [{ isTTY: true }, { TERM: 'dumb' }],
    [{ isTTY: false }, {}],
    [{}, {}],
  ])('gets plain lines if it cannot do better: %j %j', (parts, environment) => {
    const output = fakeOutput(parts)
    screenFor(output, environment).show(snapshot())
    expect(output.written).toEqual([expect.stringMatching(/^ {2}12 s .*\n$/)])
    expect(output.written.join('')).not.toContain('\u001b')
  })
})

describe('anything else', () => {
  it('gets a line a second, and one for each change of phase', () => {
    const output = fakeOutput({})
    const screen = screenFor(output, {})
    screen.show(snapshot({ phase: 'starting', elapsedMs: 0 }))
    screen.show(snapshot({ phase: 'starting', elapsedMs: 0 }))
    for (let elapsedMs = 0; elapsedMs <= 3000; elapsedMs += 200)
      screen.show(snapshot({ elapsedMs }))
    screen.show(snapshot({ phase: 'stopping', elapsedMs: 3100 }))
    screen.say('Stopping')
    screen.close()
    expect(output.written.map((line) => line.slice(0, 8))).toEqual([
      'starting',
      '   0 s  ',
      '   1 s  ',
      '   2 s  ',
      '   3 s  ',
      '   3 s  ',
      'Stopping',
    ])
  })
})

describe('styleOf', () => {
  it.each([
    [true, {}, true],
    [true, { NO_COLOR: '' }, true],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: 'false' }, false],
    [true, { TERM: 'dumb' }, false],
    [false, {}, false],
  ])('on a terminal: %s, with %j, has colour: %s', (isTTY, environment, colour) => {
    expect(styleOf(fakeOutput({ isTTY }), environment).colour).toBe(colour)
  })

  it('takes 80 columns where nobody says how many there are', () => {
    expect(styleOf(fakeOutput({}), {}).columns).toBe(80)
  })
})

function fakeOutput(parts: Partial<Output>) {
  const written: string[] = []
  return { ...parts, written, write: (text: string) => written.push(text) }
}
