import { virtualHost } from 'flotilla/testing'
import { expect, it } from 'vitest'
import { run } from '../../../examples/crawl/main.ts'

it('says what both ways came to', async () => {
  const lines: string[] = []
  const host = virtualHost()
  const running = run((line) => void lines.push(line), host)
  await host.advance(5000)
  await running
  expect(lines).toEqual([
    'crawled 5 pages: 960 words',
    '  /broken: crash',
    '  /endless: timeout',
    'the indexer answers while 5 pages are on their way',
    'it has 3, and could not get /broken,/endless',
  ])
})
