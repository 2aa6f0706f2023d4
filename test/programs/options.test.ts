import { describe, expect, test } from 'vitest'
import { readCommandLine } from '../../programs/options.ts'

const known = {
  count: { type: 'string' },
  share: { type: 'string' },
  way: { type: 'string' },
} as const

function read(...given: string[]) {
  return readCommandLine(given, known, (values, check) => {
    const { count, share, way } = values
    if (count === '13') throw new RangeError('thirteen brings bad luck')
    return {
      count: check.wholeNumber('count', count, [1, 50]),
      share: check.decimal('share', share, [0.5, 2]),
      way: check.oneOf('way', way, ['up', 'down']),
    }
  })
}

describe('a command line', () => {
  test('is read into what the program works with', () => {
    expect(read('--count', '07', '--share=1.25', '--way', 'up')).toEqual({
      kind: 'run',
      options: { count: 7, share: 1.25, way: 'up' },
    })
    expect(read()).toEqual({ kind: 'run', options: {} })
  })

  test('that asks for help gets it, whatever else is wrong', () => {
    expect(read('--count', 'x', '--help')).toEqual({ kind: 'help' })
    expect(read('-h')).toEqual({ kind: 'help' })
  })

  test('is refused with every problem in it', () => {
    expect(read('--count', '51', '--share', '3', '--way', 'left')).toEqual({
      kind: 'refused',
      message: `Cannot read the options: --count is "51", want a whole number from 1 to 50
Cannot read the options: --share is "3", want a number from 0.5 to 2
Cannot read the options: --way is "left", want up, down
Try --help`,
    })
  })

  test('takes a negative number for a value that is out of range, not for an option', () => {
    expect(read('--count', '-1')).toMatchObject({
      message: expect.stringContaining('--count is "-1", want a whole number from 1 to 50'),
    })
  })

  test.each([
    ['--count', '0'],
    ['--count', '-1'],
    ['--count', '1e1'],
    ['--count', ' 1'],
    ['--count', '1.5'],
    ['--count', ''],
    ['--count', '9'.repeat(400)],
    ['--count', '13'],
    ['--share', '.5'],
    ['--share', '1e0'],
    ['--share', 'Infinity'],
    ['--way', ''],
    ['--ways', 'up'],
    ['--count'],
    ['up'],
  ])('is refused with %s %s', (...given) => {
    const parsed = read(...given)
    expect(parsed).toMatchObject({ kind: 'refused' })
    expect(parsed.kind === 'refused' && parsed.message).toMatch(/^Cannot read .*\nTry --help$/s)
  })

  test('does not hide a defect of the program', () => {
    const broken = (): never => {
      throw new TypeError('a defect')
    }
    expect(() => readCommandLine([], known, broken)).toThrow('a defect')
  })
})
