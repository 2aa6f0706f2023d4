import { startNode, taskSupervisor } from 'flotilla'
import { virtualHost } from 'flotilla/testing'
import { expect, it } from 'vitest'
import { crawl } from '../../../examples/crawl/crawl.ts'
import { addresses, fetchPage } from '../../../examples/crawl/site.ts'

it('has every page that can be had, and says of the others why they cannot', async () => {
  const tasks = taskSupervisor({ name: 'tasks' })
  const host = virtualHost()
  await using _node = await startNode(tasks, { host })
  const crawling = crawl(tasks, addresses, fetchPage)
  await host.advance(1100)
  const { words, failures } = await crawling
  expect(words).toBe(960)
  expect(failures).toMatchObject([
    { url: '/broken', exit: { cause: { message: '/broken answered 500' } } },
    { url: '/endless', exit: { reason: { kind: 'timeout', afterMs: 1000 } } },
  ])
  expect(tasks.children()).toEqual([])
})

it('asks for two pages at a time', async () => {
  const tasks = taskSupervisor({ name: 'tasks' })
  const host = virtualHost()
  await using _node = await startNode(tasks, { host })
  const crawling = crawl(tasks, ['/', '/news', '/contact'], fetchPage)
  await host.settle()
  expect(tasks.children()).toHaveLength(2)
  await host.advance(40)
  expect(await crawling).toEqual({ words: 960, failures: [] })
})
