import { expect, it } from 'vitest'
import { run } from '../../../examples/rooms/main.ts'

it('prints what it shows', async () => {
  const lines: string[] = []
  await run((line) => lines.push(line))
  expect(lines).toEqual([
    'online: Ann, Bob, Eve',
    '#tea is moderated by Eve',
    'Ann reached 3',
    'Bob heard Ann: the water boils',
    'after Eve was killed: Ann, Bob',
    '#tea is moderated by Bob',
    '#tea: 2',
  ])
})
