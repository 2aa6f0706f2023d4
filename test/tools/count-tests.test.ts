import { describe, expect, it } from 'vitest'
import { closingLine, failuresOf, tallyOf } from '../../tools/count-tests.ts'

function report(values: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ numPassedTests: 3, numFailedTests: 0, success: true, ...values })
}

describe('tallyOf', () => {
  it('takes the counts of a report', () => {
    expect(tallyOf(report({}), '0')).toEqual({ passed: 3, failed: 0 })
    const failing = report({ numFailedTests: 2, success: false })
    expect(tallyOf(failing, '1')).toEqual({ passed: 3, failed: 2 })
  })

  it('counts a file that failed before its first test', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
    ]
    const text = report({ numFailedTests: 1, success: false, testResults })
    expect(tallyOf(text, '1')).toEqual({ passed: 3, failed: 2 })
  })

  it('counts a run that failed without a failed test', () => {
    expect(tallyOf(report({ success: false }), '1')).toEqual({ passed: 3, failed: 1 })
    expect(tallyOf(report({}), '1')).toEqual({ passed: 3, failed: 1 })
  })

  it.each([undefined, '', '{ "numPassed', '[]', 'null', '{}'])(
    'counts an unreadable report as failed: %s',
    (text) => {
      expect(tallyOf(text, '0')).toEqual({ passed: 0, failed: 1 })
    },
  )
})

describe('failuresOf', () => {
  it('names every test that failed, and every file that failed before its first test', () => {
    const testResults = [
      { name: 'a.test.ts', status: 'failed', assertionResults: [] },
      {
        name: 'b.test.ts',
        status: 'failed',
        assertionResults: [
          { fullName: 'b holds', status: 'passed' },
          { fullName: 'b lasts', status: 'failed' },
        ],
      },
      { name: 'c.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] },
    ]
    expect(failuresOf(report({ testResults }))).toEqual(['a.test.ts', 'b.test.ts: b lasts'])
  })

  it('names nothing where there is nothing to read', () => {
    expect([failuresOf(undefined), failuresOf('{}'), failuresOf(report({}))]).toEqual([[], [], []])
  })
})

describe('closingLine', () => {
  it('adds up', () => {
    const tallies = [
      { passed: 3, failed: 0 },
      { passed: 4, failed: 1 },
    ]
    expect(closingLine(tallies)).toBe('7 passed, 1 failed')
    expect(closingLine([])).toBe('0 passed, 0 failed')
  })
})
