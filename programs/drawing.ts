/**
 * Drawing with vega: a specification as SVG, and lines by series.
 */
import { type Mark, parse, type Spec, View } from 'vega'

/** What a picture shows; the rest of it looks the same everywhere. */
export type Picture = Omit<Spec, '$schema' | 'background' | 'padding'>

/** Draws a picture. */
export async function drawSvg(picture: Picture): Promise<string> {
  const spec: Spec = {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    background: 'white',
    padding: 12,
    ...picture,
  }
  const view = new View(parse(spec), { renderer: 'none' })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
  }
}

/** Which fields of the rows make the lines; the scales are called `x`, `y` and `colour`. */
export interface Series {
  /** The data that the rows are in. */
  readonly rows: string
  /** The field whose values tell one line from the other, and its colour. */
  readonly by: string
  readonly x: string
  readonly y: string
  readonly strokeWidth: number
  /** Two fields between which a bar stands for the spread at each point. */
  readonly spread?: readonly [from: string, to: string]
}

/** A line for each series. */
export function seriesMark({ rows, by, x, y, strokeWidth, spread }: Series): Mark {
  const along = { x: { scale: 'x', field: x }, stroke: { scale: 'colour', field: by } }
  const line: Mark = {
    type: 'line',
    from: { data: 'series' },
    encode: {
      enter: { ...along, y: { scale: 'y', field: y }, strokeWidth: { value: strokeWidth } },
    },
  }
  return {
    type: 'group',
    from: { facet: { name: 'series', data: rows, groupby: by } },
    marks: spread === undefined ? [line] : [line, barMark(along, spread)],
  }
}

function barMark(along: object, [from, to]: readonly [from: string, to: string]): Mark {
  return {
    type: 'rule',
    from: { data: 'series' },
    encode: {
      enter: {
        ...along,
        y: { scale: 'y', field: from },
        y2: { scale: 'y', field: to },
        strokeWidth: { value: 4 },
        strokeOpacity: { value: 0.4 },
      },
    },
  }
}
