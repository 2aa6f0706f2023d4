/**
 * A unique registry beside two dynamic supervisors whose children take names in it.
 */
import { dynamicSupervisor, type Key, supervisor, uniqueRegistry } from 'flotilla'
import { run } from '../supervisor/running.ts'
import { part, type WorkerProtocol } from '../supervisor/worker.ts'

/** With text keys; `take` starts a worker under a name. */
export async function runWithNames(options: object) {
  const names = uniqueRegistry<string, WorkerProtocol>({ name: 'names', ...options })
  const children = dynamicSupervisor({ name: 'children' })
  const other = dynamicSupervisor({ name: 'other' })
  const tree = supervisor({ name: 'top', strategy: 'rest_for_one' }, [names, children, other])
  const take = (
    key: string,
    what: object = {},
    restart: 'permanent' | 'temporary' = 'temporary',
    under = children,
  ) => under.startChild(part({ id: key, ...what }, { name: names.via(key), restart }))
  return { names, children, other, take, ...(await run(tree)) }
}

/** With keys of any kind. */
export async function runWithKeys() {
  const names = uniqueRegistry<Key, WorkerProtocol>({ name: 'names' })
  const children = dynamicSupervisor({ name: 'children' })
  const tree = supervisor({ name: 'top', strategy: 'rest_for_one' }, [names, children])
  return { names, children, ...(await run(tree)) }
}
