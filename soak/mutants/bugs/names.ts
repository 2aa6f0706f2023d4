/**
 * Mutants of names, groups and starts: I1 to I5.
 */
import type { Mutant } from '../mutant.ts'

const nameTable = 'src/core/name-table.ts'
const nameService = 'src/registry/name-service.ts'
const heldNames = 'src/process/held-names.ts'
const entryService = 'src/registry/entry-service.ts'
const dying = 'src/process/dying.ts'
const spawn = 'src/process/spawn.ts'

/** Mutants of names. */
export const nameMutants: readonly Mutant[] = [
  {
    id: 'register-over-holder',
    bug: 'registering by hand does not look whether the name is held by somebody else',
    targets: ['I1'],
    changes: [
      {
        path: nameService,
        before: "if (pid !== undefined) return { kind: 'already_registered', pid }",
        after: "if (pid === process.pid) return { kind: 'already_registered', pid }",
      },
    ],
  },
  {
    id: 'start-over-starting-holder',
    bug: 'a name whose holder is still in its init counts as free for the next start',
    targets: ['I1'],
    changes: [
      {
        path: spawn,
        before: "if (holder !== undefined) return { kind: 'already_started'",
        after: "if (holder?.phase === 'running') return { kind: 'already_started'",
      },
    ],
  },
  {
    id: 'release-without-holder-check',
    bug:
      'a name that was given up stays noted, and is released at the end whoever holds it by ' +
      'then',
    targets: ['I1'],
    changes: [
      {
        path: nameTable,
        before: '    if (found === holder) {',
        after: '    if (found !== undefined && !isSlot(found)) {',
      },
      {
        path: nameTable,
        before: '} else if (isSlot(found) && found.holder === holder) {',
        after: '} else if (isSlot(found) && found.holder !== undefined) {',
      },
      {
        path: heldNames,
        before: '  if (process.extrasIfAny?.names?.delete(slot) === true) return\n',
        after: '  if (process.extrasIfAny?.names?.has(slot) === true) return\n',
      },
    ],
  },
  {
    id: 'further-names-kept',
    bug: 'only the first name of a process is freed at its end',
    targets: ['I2'],
    changes: [
      {
        path: heldNames,
        before: '  for (const [slot, owner] of names) owner.free(slot.key, process, slot)\n',
        after: '  process.extras.names = undefined\n',
      },
    ],
  },
  {
    id: 'release-after-down',
    bug: 'names are freed a turn after the end, when DOWN and EXIT were delivered',
    targets: ['I2'],
    changes: [
      { path: dying, before: '  freeNames(process)\n', after: '' },
      {
        path: dying,
        before: '  reportDown(process, reason)\n',
        after: `  reportDown(process, reason)
  process.node.host.scheduler.yieldThen(() => freeNames(process))
`,
      },
    ],
  },
  {
    id: 'give-up-forgets-table',
    bug: 'unregistering takes the name from the process and not from the table',
    targets: ['I2', 'I4'],
    changes: [
      {
        path: entryService,
        before: '    dropName(process, slot, this)\n    this.free(slot.key, process, slot)\n',
        after: '    dropName(process, slot, this)\n',
      },
    ],
  },
  {
    id: 'predecessor-frees-late',
    bug: 'the name of a worker that a supervisor starts again is freed when the successor begins',
    targets: ['I3'],
    changes: [
      { path: dying, before: '  freeNames(process)\n', after: '' },
      {
        path: dying,
        before: '  fallen = cutLinks(process, fallen)\n',
        after: `  fallen = cutLinks(process, fallen)
  if (process.parent?.trapping === true) process.node.later(() => freeNames(process))
  else freeNames(process)
`,
      },
    ],
  },
  {
    id: 'feed-misses-deaths',
    bug: 'the feed of changes does not tell of names that are lost by an end',
    targets: ['I3'],
    changes: [
      {
        path: nameService,
        before: '    this.changes.unregistered(process, key)\n',
        after: '    if (process.alive) this.changes.unregistered(process, key)\n',
      },
    ],
  },
  {
    id: 'feed-tells-twice',
    bug: 'a name that is taken by a start is told of a second time when it is registered',
    targets: ['I3'],
    changes: [
      {
        path: nameService,
        before: '    this.claim(key, process, value)\n    return undefined\n',
        after: `    this.claim(key, process, value)
    this.changes.registered(process, key, value)
    return undefined
`,
      },
    ],
  },
  {
    id: 'refusal-names-nobody-new',
    bug: 'a freed name remembers its last holder for the next start until a message was handled',
    targets: ['I3'],
    changes: [
      {
        path: nameTable,
        before: '      slot = new Slot<H>(key, undefined, undefined)\n',
        after:
          '      slot = new Slot<H>(key, holder, undefined)\n      queueMicrotask(() => {\n' +
          '        if (slot.holder === holder) slot.holder = undefined\n      })\n',
      },
    ],
  },
  {
    id: 'count-drifts',
    bug: 'the number of names goes down only at the first release of each name',
    targets: ['I4'],
    changes: [
      {
        path: nameTable,
        before: '    this.#size -= 1\n    if (!slot.listed) {\n      slot.listed = true\n',
        after: '    if (!slot.listed) {\n      this.#size -= 1\n      slot.listed = true\n',
      },
    ],
  },
  {
    id: 'bag-drops-all-entries',
    bug: 'giving up one of several entries under a key removes all of that holder',
    targets: ['I4'],
    changes: [
      {
        path: 'src/core/bag-table.ts',
        before:
          'if (present === slot || (present instanceof Set && present.size === 0)) ' +
          'bag.delete(holder)',
        after: 'if (present === slot || present instanceof Set) bag.delete(holder)',
      },
    ],
  },
  {
    id: 'claim-before-note',
    bug: 'a name that is taken by hand is noted at the process only if it has no other',
    targets: ['I4', 'I2'],
    changes: [
      {
        path: nameService,
        before: '      if (slot !== undefined) holdEntry(process, slot, this)\n',
        after:
          '      if (slot !== undefined && process.phase === "starting") {\n' +
          '        holdEntry(process, slot, this)\n      }\n',
      },
    ],
  },
  {
    id: 'failed-start-keeps-name',
    bug: 'a process that ends during its start keeps its names',
    targets: ['I5'],
    changes: [
      {
        path: dying,
        before: '  freeNames(process)\n',
        after: '  if (!starting) freeNames(process)\n',
      },
    ],
  },
  {
    id: 'failed-start-keeps-timers',
    bug: 'timers and monitors that an init had set are not taken back when it fails',
    targets: ['I5'],
    changes: [
      {
        path: dying,
        before: '  dropTimersAndMonitors(process)\n',
        after: '  if (!starting) dropTimersAndMonitors(process)\n',
      },
    ],
  },
  {
    id: 'failed-start-keeps-place',
    bug: 'a child that could not be started counts as one of the children for ever',
    targets: ['I5'],
    changes: [
      {
        path: 'src/supervisor/dynamic-behaviour.ts',
        before: '      else this.#count -= 1\n      request.answer(toStarted(outcome, spec.id))\n',
        after: '      request.answer(toStarted(outcome, spec.id))\n',
      },
    ],
  },
  {
    id: 'failed-start-tells-twice',
    bug: 'who starts a process in vain hears of its end by the link, too',
    targets: ['I5'],
    changes: [
      { path: dying, before: '  if (starting) process.parentLinked = false\n', after: '' },
      {
        path: spawn,
        before: `  process.parentLinked = false
  end(process, result.kind === 'ignored' ? normal : result.reason)`,
        after: "  end(process, result.kind === 'ignored' ? normal : result.reason)",
      },
    ],
  },
]
