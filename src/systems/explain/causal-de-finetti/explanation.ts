import { causalGraph, formatPValue, formatQuantity, formatShare, type ChartSpec } from '../../../charts/index.ts'
import type { structure } from '../../../lenses/index.ts'
import type { Explanation, Finding } from '../../../system/index.ts'
import type { Identified } from './identify.ts'

/** What was identified as findings, graphs, the table of all tests, and the assumption it rests on. */
export function explanationOf(identified: Identified): Explanation {
  const { columns, edges, linked, unidentified, doubt, groups } = identified
  const strength = (p: number) => Math.min(16, -Math.log10(Math.max(p, 1e-16)))
  const arrow = ({ from, to }: { from: number; to: number }, sign = '→') => `${columns[from]} ${sign} ${columns[to]}`
  const results: Finding[] = [
    ...edges.map((edge): Finding => ({
      set: [arrow(edge)],
      index: 'cause and effect',
      value: strength(edge.p),
      reason: `${formatPValue(edge.p)}${edge.share === undefined ? '' : `, in ${formatShare(edge.share)} of the resamples`}`,
    })),
    ...linked.map((pair): Finding => ({
      set: [arrow(pair, '–')],
      index: 'dependent, direction not identified',
      value: strength(pair.p),
      reason: formatPValue(pair.p),
    })),
  ]
  return {
    results,
    complete: true,
    units: '-log10 p',
    table: testTable(identified),
    figures: [identifiedGraph(identified, titleOf(identified, arrow)), independentGraph(identified, arrow)],
    notes: [
      titleOf(identified, arrow),
      ...(unidentified === undefined ? [] : [`not identified: ${unidentified}`]),
      ...(doubt === undefined ? [] : [doubt]),
      independentSentence(identified, arrow),
      `assumed: in each of the ${formatQuantity(groups, 'group')} the mechanism of every column is drawn by itself, rows of a group can be swapped, and no common cause is unseen; a change that moves a cause and an effect's mechanism together can turn an arrow around`,
    ],
  }
}

type Arrow = (pair: { from: number; to: number }, sign?: string) => string

function titleOf({ edges, unidentified, layers }: Identified, arrow: Arrow): string {
  if (unidentified !== undefined && edges.length === 0) return 'These groups do not identify a direction'
  if (edges.length === 0) return `No column of ${layers.flat().length} is a cause of another`
  return `${edges.map(edge => arrow(edge)).join(', ')}${unidentified === undefined ? '' : '; the rest is not identified'}`
}

function independentSentence({ independent: { directed, undirected } }: Identified, arrow: Arrow): string {
  const say = (pairs: readonly structure.Edge[], sign: string) =>
    pairs.map(([from, to]) => arrow({ from, to }, sign)).join(', ')
  if (directed.length + undirected.length === 0)
    return 'one row of each group, taken as independent (PC): no two columns depend on each other'
  return `one row of each group, taken as independent (PC): ${[
    ...(directed.length > 0 ? [say(directed, '→')] : []),
    ...(undirected.length > 0 ? [`undecided ${say(undirected, '–')}`] : []),
  ].join('; ')}`
}

const sampleOf = ({ groups }: Identified) => formatQuantity(groups, 'group')

function identifiedGraph(identified: Identified, title: string): ChartSpec {
  const { columns, edges, linked, layers } = identified
  const placed = columns.map((_, column) => layers.findIndex(layer => layer.includes(column)))
  const top = layers.length
  return causalGraph({
    title,
    nodes: columns,
    bands: placed.map(layer => (layer < 0 ? 0 : top - layer)),
    edges: [...edges.map(edge => ({ ...edge, directed: true })), ...linked.map(pair => ({ ...pair, directed: false }))],
    sampleSize: sampleOf(identified),
    note: 'Bands are layers, causes left of their effects; the wider, the smaller the p value.',
  })
}

function independentGraph(identified: Identified, arrow: Arrow): ChartSpec {
  const { columns, independent } = identified
  const { directed, undirected } = independent
  const circle = columns.map((_, column) => column % 2)
  return causalGraph({
    title:
      undirected.length > 0
        ? `Without groups ${undirected.map(([from, to]) => arrow({ from, to }, '–')).join(', ')} would stay undecided`
        : 'Without groups no link would stay undecided',
    nodes: columns,
    bands: circle,
    edges: [
      ...directed.map(([from, to]) => ({ from, to, directed: true, p: 0.05 })),
      ...undirected.map(([from, to]) => ({ from, to, directed: false, p: 0.05 })),
    ],
    sampleSize: sampleOf(identified),
    note: 'The equivalence class that the PC algorithm finds from one row of each group; width says nothing here.',
  })
}

function testTable({ tests, columns }: Identified) {
  const say = ({ variable, row }: structure.Cell) => `${columns[variable]} of row ${row}`
  return {
    columns: ['for', 'first', 'second', 'given', 'statistic', 'p'],
    rows: tests.map(({ step, a, b, given, statistic, p }) => [
      step,
      say(a),
      say(b),
      given.map(say).join(', ') || 'nothing',
      statistic,
      p,
    ]),
  }
}
