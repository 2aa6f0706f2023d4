import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

interface LockedPackage {
  readonly resolved?: string
  /** A folder of this repository, which is where `resolved` leads. */
  readonly link?: boolean
  readonly integrity?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

function lockedPackages(path: string): Map<string, LockedPackage> {
  return new Map(Object.entries(JSON.parse(readFileSync(path, 'utf8')).packages))
}

describe.each(['package-lock.json', 'tools/newer-node/package-lock.json'])('%s', (path) => {
  const packages = lockedPackages(path)

  it('names hashes and no addresses', () => {
    for (const [name, locked] of packages) {
      const isOurs = locked.link === true || !name.includes('node_modules/')
      if (locked.link) expect(locked.resolved, name).toMatch(/^[a-z-]+$/)
      else expect(locked.resolved, name).toBeUndefined()
      if (!isOurs) expect(locked.integrity, name).toBeTypeOf('string')
    }
  })

  // `npm ci` refuses a lockfile that knows the builds of one platform only.
  it('knows the optional builds for every platform', () => {
    const wanted = [...packages.values()].flatMap((locked) =>
      Object.keys(locked.optionalDependencies ?? {}),
    )
    expect(wanted.filter((name) => !packages.has(`node_modules/${name}`))).toEqual([])
  })
})
