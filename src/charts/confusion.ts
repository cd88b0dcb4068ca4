import { chart, type ChartSpec } from './chart.ts'
import { drawn, rampScale, said } from './encodings.ts'
import { formatQuantity, formatShare } from './format.ts'

const drawnClasses = 20

/**
 * Rows by true class (down) and called class (across), shaded by the share of the true class. `matrix` is [classes, classes]
 * row-major counts; above 20 classes the 20 with the most rows are drawn, the table keeps all.
 */
export function confusionChart(matrix: ArrayLike<number>, classes: string[]): ChartSpec {
  const size = classes.length
  const rows = classes.map((_, i) =>
    Array.from({ length: size }, (_, j) => matrix[i * size + j]!).reduce((a, b) => a + b, 0),
  )
  const cells = classes.flatMap((truth, i) =>
    classes.map((called, j) => {
      const count = matrix[i * size + j]!
      const share = rows[i]! === 0 ? 0 : count / rows[i]!
      return {
        truth,
        called,
        count,
        share: drawn(share),
        text: `${truth} called ${called}: ${formatQuantity(count, 'row')}, ${formatShare(share)} of ${truth}`,
      }
    }),
  )
  const kept = classes
    .map((_, i) => i)
    .sort((a, b) => rows[b]! - rows[a]!)
    .slice(0, drawnClasses)
    .sort((a, b) => a - b)
    .map(i => classes[i]!)
  const step = kept.length <= 6 ? 40 : kept.length <= 12 ? 28 : 16
  const wrong = cells.filter(cell => cell.truth !== cell.called && cell.count > 0).sort((a, b) => b.count - a.count)[0]
  const axis = { ticks: false, domain: false, labelLimit: 110 }
  const values = cells.filter(cell => kept.includes(cell.truth) && kept.includes(cell.called))
  return chart(
    {
      title: wrong
        ? `${wrong.truth} is most often taken for ${wrong.called}: ${formatShare(wrong.share)} of its ${formatQuantity(rows[classes.indexOf(wrong.truth)]!, 'row')}`
        : 'Every row is called as it is',
      table: {
        columns: [
          { title: 'true class', format: 'text' },
          { title: 'called', format: 'text' },
          { title: 'rows', format: 'count' },
          { title: 'share of the true class', format: 'share' },
        ],
        rows: cells.map(({ truth, called, count, share }) => [truth, called, count, share]),
      },
      sampleSize: formatQuantity(
        rows.reduce((sum, count) => sum + count, 0),
        'row',
      ),
      units: 'share of the true class',
      note: kept.length < size ? `The ${drawnClasses} classes with the most rows are drawn.` : undefined,
    },
    {
      width: { step },
      height: { step },
      data: { values },
      encoding: {
        x: { field: 'called', type: 'nominal', sort: kept, title: 'called', axis: { ...axis, labelAngle: -40 } },
        y: { field: 'truth', type: 'nominal', sort: kept, title: 'true class', axis },
      },
      layer: [
        {
          mark: { type: 'rect' },
          encoding: {
            color: {
              field: 'share',
              type: 'quantitative',
              scale: { ...rampScale, domain: [0, 1] },
              legend: { title: 'share of the true class', format: '.0%', tickCount: 3 },
            },
            ...said,
          },
        },
        ...(kept.length <= 12 ? [counts] : []),
      ],
    },
  )
}

/** Black or white, whichever is told better from the cell: at least 4.5 to 1 on any shade. */
const counts = {
  transform: [{ filter: 'datum.count > 0' }],
  mark: { type: 'text', fontSize: 10, aria: false },
  encoding: {
    text: { field: 'count', type: 'quantitative', format: ',' },
    color: { condition: { test: "luminance(scale('color', datum.share)) > 0.18", value: '#000000' }, value: '#FFFFFF' },
  },
}
