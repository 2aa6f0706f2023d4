import { call, cast, startNode } from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { expect, it } from 'vitest'
import { makeCrawler } from '../../../examples/crawl/main.ts'
import { addresses } from '../../../examples/crawl/site.ts'

async function start() {
  const crawler = makeCrawler()
  const host = virtualHost()
  const node = await startNode(crawler.tree, { host })
  return { ...crawler, host, node }
}

it('answers while its tasks work, and knows each outcome when it is there', async () => {
  const { indexer, host, node, tasks } = await start()
  await using _node = node
  for (const url of addresses) cast(indexer, 'add', url)
  expect(await call(indexer, 'status')).toEqual({ done: 0, pending: 5, failed: [] })
  await host.advance(20)
  expect(await call(indexer, 'status')).toEqual({ done: 3, pending: 1, failed: ['/broken'] })
  await host.advance(480)
  expect(await call(indexer, 'status')).toEqual({
    ...{ done: 3, pending: 0, failed: ['/broken', '/endless'] },
  })
  expect(tasks.children()).toEqual([])
})

it('is not ended by a task that fails', async () => {
  const { indexer, host, node } = await start()
  await using _node = node
  for (let count = 0; count < 20; count += 1) cast(indexer, 'add', '/broken')
  await host.advance(20)
  expect((await call(indexer, 'status')).failed).toHaveLength(20)
})
