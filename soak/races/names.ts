/**
 * The part of a registry that is checked: a seam for registries with planted faults.
 */
import type { UniqueRegistry } from 'flotilla'
import type { HolderProtocol } from './holder.ts'

/** What clients use of a registry. */
export type Names = Pick<
  UniqueRegistry<string, HolderProtocol>,
  'via' | 'whereis' | 'lookup' | 'register' | 'unregister' | 'lock'
>
