/**
 * The arrows: which folder of `src` may import which.
 *
 * A folder may import itself and every folder of a lower rank. `testing` may import up to `cluster`
 * and only `cli` imports it, because its `sim` commands are the simulator on the command line; no
 * program imports `cli`, so what users ship stays without the test kit. A new arrow needs a
 * decision record before it is drawn here.
 */

const ranks: ReadonlyMap<string, number> = new Map([
  ['core', 0],
  ['process', 1],
  ['gen-server', 2],
  ['sys', 3],
  ['supervisor', 4],
  ['registry', 5],
  ['table', 6],
  ['task', 7],
  ['fleet', 8],
  ['shard', 9],
  ['cluster', 10],
  ['observe', 11],
  ['cli', 12],
  ['dashboard', 12],
])

/** The entry point's own place: files directly in `src`. */
export const entryFolder = ''

/** Whether the folder has a place in the order. */
export function isKnownFolder(folder: string): boolean {
  return ranks.has(folder) || folder === 'testing' || folder === entryFolder
}

/** Whether a file in `from` may import a file in `to`. */
export function mayImport(from: string, to: string): boolean {
  if (from === to) return true
  if (to === 'testing') return from === 'cli'
  if (to === entryFolder) return false
  if (from === entryFolder) return true
  const limit = from === 'testing' ? rankOf('cluster') + 1 : rankOf(from)
  return rankOf(to) < limit
}

/** What a file in `from` may import, for a message. */
export function describeReach(from: string): string {
  const below = [...ranks.keys()].filter((folder) => folder !== from && mayImport(from, folder))
  return below.length === 0 ? 'only itself' : `itself, ${below.join(', ')}`
}

function rankOf(folder: string): number {
  return ranks.get(folder) ?? Number.POSITIVE_INFINITY
}
