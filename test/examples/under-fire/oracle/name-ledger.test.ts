import { describe, expect, it } from 'vitest'
import { Violations } from '../../../../examples/under-fire/oracle/invariants.ts'
import { NameLedger } from '../../../../examples/under-fire/oracle/name-ledger.ts'

describe('a name that is followed', () => {
  it('may be taken, struck, left and taken again, any number of times', () => {
    const { ledger, violations } = books()
    ledger.registered('ann', 1)
    for (let serial = 1; serial < 50; serial += 1) {
      ledger.strike('ann', serial, 'kill')
      ledger.unregistered('ann', serial)
      ledger.registered('ann', serial + 1)
    }
    ledger.close()
    expect(violations.inWords()).toEqual([])
    expect(ledger.restarts).toBe(49)
    expect(ledger.registrations).toBe(50)
  })

  it('may fail to start several times before it is back', () => {
    const { ledger, violations } = books()
    ledger.registered('ann', 1)
    for (const serial of [1, 2, 3]) {
      ledger.strike('ann', serial, 'a failing init')
      ledger.unregistered('ann', serial)
      ledger.registered('ann', serial + 1)
    }
    ledger.close()
    expect(violations.total).toBe(0)
  })

  it('may be given up, and then is left once and stays free', () => {
    const { ledger, violations } = books()
    ledger.registered('ann', 1)
    ledger.retire('ann')
    ledger.unregistered('ann', 1)
    ledger.close()
    expect(violations.total).toBe(0)
    expect(ledger.held).toBe(0)
  })
})

describe('a name with two holders', () => {
  it('is seen when it is taken while held', () => {
    const { ledger, violations } = books()
    ledger.registered('ann', 1)
    ledger.registered('ann', 2)
    expect(violations.counts().doubleHolders).toBe(1)
    expect(violations.inWords()[0]).toContain('users "ann": life 2 took it from life 1')
  })

  it('is seen when one leaves it who did not hold it', () => {
    const { ledger, violations } = books()
    ledger.registered('ann', 1)
    ledger.strike('ann', 2, 'kill')
    ledger.unregistered('ann', 2)
    expect(violations.counts().doubleHolders).toBe(1)
    expect(ledger.isHeld('ann')).toBe(true)
  })
})

describe('a kill without exactly one re-registration', () => {
  it('is seen when nobody takes the name again', () => {
    const { ledger, violations } = books()
    ledger.registered('ann', 1)
    ledger.strike('ann', 1, 'kill')
    ledger.unregistered('ann', 1)
    expect(violations.total).toBe(0)
    ledger.close()
    expect(violations.counts().unmatchedKills).toBe(1)
    expect(violations.inWords()[0]).toContain('ended by kill, was never registered again')
  })

  it('is seen when the struck worker never leaves its name', () => {
    const { ledger, violations } = books()
    ledger.registered('ann', 1)
    ledger.strike('ann', 1, 'throw')
    ledger.close()
    expect(violations.inWords()[0]).toContain('ended by throw, never left its name')
  })

  it('is seen when one registration follows too many', () => {
    const { ledger, violations } = books()
    ledger.registered('ann', 1)
    ledger.strike('ann', 1, 'kill')
    ledger.unregistered('ann', 1)
    ledger.registered('ann', 2)
    ledger.registered('ann', 3)
    expect(violations.counts().doubleHolders).toBe(1)
  })

  it('is seen when a worker ends that nobody has struck', () => {
    const { ledger, violations } = books()
    ledger.registered('ann', 1)
    ledger.unregistered('ann', 1)
    expect(violations.counts().unmatchedKills).toBe(1)
    expect(violations.inWords()[0]).toContain('nothing had been done to it')
  })

  it('is seen when the same life is ended twice', () => {
    const { ledger, violations } = books()
    ledger.registered('ann', 1)
    ledger.strike('ann', 1, 'kill')
    ledger.strike('ann', 1, 'stop')
    expect(violations.inWords()[0]).toContain('life 1 was ended twice, now by stop')
  })

  it('is seen when a name that was given up is taken again or never left', () => {
    const { ledger, violations } = books()
    ledger.registered('ann', 1)
    ledger.registered('bob', 2)
    ledger.retire('ann')
    ledger.retire('bob')
    ledger.unregistered('ann', 1)
    ledger.retire('ann')
    ledger.registered('ann', 3)
    ledger.close()
    expect(violations.counts().unmatchedKills).toBe(3)
  })
})

describe('what others wait for', () => {
  it('holds a name from its registration until its holder is struck', () => {
    const { ledger } = books()
    const seen = [ledger.isHeld('ann')]
    ledger.registered('ann', 1)
    seen.push(ledger.isHeld('ann'))
    ledger.strike('ann', 1, 'kill')
    seen.push(ledger.isHeld('ann'))
    ledger.unregistered('ann', 1)
    ledger.registered('ann', 2)
    seen.push(ledger.isHeld('ann'))
    expect(seen).toEqual([false, true, false, true])
  })

  it('counts an end as outstanding until it is made good', () => {
    const { ledger } = books()
    ledger.registered('ann', 1)
    ledger.strike('ann', 1, 'kill')
    expect([ledger.outstanding, ledger.isDoomed(1)]).toEqual([1, true])
    ledger.unregistered('ann', 1)
    expect(ledger.outstanding).toBe(1)
    ledger.registered('ann', 2)
    expect([ledger.outstanding, ledger.isDoomed(1), ledger.isDoomed(2)]).toEqual([0, false, false])
  })
})

function books() {
  const violations = new Violations()
  return { violations, ledger: new NameLedger('users', violations) }
}
