import { expect, test } from 'vitest'
import { drawSvg, seriesMark } from '../../programs/drawing.ts'

const rows = [
  { who: 'a', at: 1, value: 1, low: 0.5, high: 2 },
  { who: 'a', at: 2, value: 3, low: 2, high: 4 },
  { who: 'b', at: 1, value: 2, low: 1, high: 3 },
  { who: 'b', at: 2, value: 5, low: 4, high: 6 },
]

async function drawn(spread?: readonly [string, string]): Promise<string> {
  const series = { rows: 'rows', by: 'who', x: 'at', y: 'value', strokeWidth: 2 }
  return drawSvg({
    title: { text: 'Who is where' },
    width: 100,
    height: 50,
    data: [{ name: 'rows', values: rows }],
    scales: [
      { name: 'x', type: 'linear', range: 'width', domain: { data: 'rows', field: 'at' } },
      { name: 'y', type: 'linear', range: 'height', domain: [0, 10] },
      { name: 'colour', type: 'ordinal', range: ['#111', '#222'], domain: ['a', 'b'] },
    ],
    marks: [seriesMark(spread === undefined ? series : { ...series, spread })],
  })
}

test('draws a line of its own colour for each series', async () => {
  const svg = await drawn()
  expect(svg).toMatch(/^<svg .*Who is where.*<\/svg>$/s)
  expect(svg).toContain('stroke="#111"')
  expect(svg).toContain('stroke="#222"')
  expect(svg).not.toContain('stroke-opacity="0.4"')
})

test('draws a bar from least to greatest at each point, if it is told them', async () => {
  const svg = await drawn(['low', 'high'])
  expect(svg.match(/stroke-opacity="0.4"/g)).toHaveLength(4)
})
