/**
 * Two ways to have slow work done: a stream of tasks, and a server that delegates.
 *
 * Usage: node build/examples/crawl/main.js
 */
import {
  call,
  cast,
  child,
  type Host,
  type ProtocolOf,
  startNode,
  supervisor,
  systemHost,
  taskSupervisor,
  uniqueRegistry,
} from 'flotilla'
import { crawl } from './crawl.ts'
import { Indexer } from './indexer.ts'
import { addresses, fetchPage } from './site.ts'

/** Tasks stand before whoever asks for them, so that nobody asks in vain. */
export function makeCrawler() {
  const names = uniqueRegistry<string, ProtocolOf<typeof Indexer>>({ name: 'names' })
  const tasks = taskSupervisor({ name: 'fetches', maxChildren: 100 })
  const indexer = names.via('indexer')
  const tree = supervisor({ name: 'crawler', strategy: 'rest_for_one' }, [
    names,
    tasks,
    child(Indexer, { tasks, fetchPage, limitMs: 500 }, { name: indexer }),
  ])
  return { tree, tasks, indexer }
}

/** Runs both and says what came of them. */
export async function run(print: (line: string) => void, host: Host = systemHost()): Promise<void> {
  const { tree, tasks, indexer } = makeCrawler()
  await using _node = await startNode(tree, { host })
  const { words, failures } = await crawl(tasks, addresses, fetchPage)
  print(`crawled ${addresses.length} pages: ${words} words`)
  for (const { url, exit } of failures) print(`  ${url}: ${exit.reason.kind}`)
  for (const url of addresses) cast(indexer, 'add', url)
  const meanwhile = await call(indexer, 'status')
  print(`the indexer answers while ${meanwhile.pending} pages are on their way`)
  for (let status = meanwhile; status.pending > 0; ) {
    await new Promise<void>((resolve) => host.clock.after(50, resolve))
    status = await call(indexer, 'status')
    if (status.pending === 0) print(`it has ${status.done}, and could not get ${status.failed}`)
  }
}

if (process.argv[1] === import.meta.filename) await run(console.log)
