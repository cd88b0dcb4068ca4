import { Random } from '../../../random/index.ts'
import { records } from './index.ts'
import type { OperatorRecord } from './record.ts'

const intro = `# Operators

Written by \`node scripts/write-operators.js\` from the records in \`src/engine/ops/records\`. The suite
\`src/engine/ops/operators.test.ts\` holds every operator to its record, and fails where one has none:

- **forward**: the value agrees with plain arithmetic on random shapes (symbolic extents, broadcasting, scalars where the operator
  takes them), in each float type listed; optimised and unoptimised sessions agree, and one thread and two give the same bits.
- **gradient**: agrees with central differences along random directions, and with the independent source in the last column:
  **jax-js** (\`@jax-js/jax\` on WebAssembly; its exp, log, sin and cos are of single precision, so it is held to 2e-5) or **PyTorch**
  (golden gradients in \`fixtures/operators\`, held to 1e-9 in float64). \`-\`: differences only.
- **second order**: products with the Hessian agree with differences of the gradient.
- **browser**: onnxruntime-web's WebAssembly gives the same value and gradient.

Extents, strings of axes and other arguments are in the doc comments of \`src/engine/ops\`.
`

const columns = ['operator', 'forward', 'gradient', 'second order', 'browser', 'gradient also checked against']

/** docs/operators.md. */
export function operatorsPage(): string {
  const sections = Object.entries(records).map(([family, own]) => {
    const rows = [columns, columns.map(() => '---'), ...own.map(rowOf)]
    return `## ${family}\n\n${rows.map(row => `| ${row.join(' | ')} |`).join('\n')}\n`
  })
  const all = Object.values(records).flat()
  const smooth = all.filter(record => !record.notDifferentiable)
  const independent = smooth.filter(record => sourcesOf(record).length > 0)
  const count = `${all.length} operators, ${smooth.length} of them differentiable, ${independent.length} of those with an independent source beside differences.\n`
  return [intro, count, ...sections].join('\n')
}

function rowOf(record: OperatorRecord): string[] {
  const { name, notDifferentiable, firstOrderOnly, float32Only } = record
  return [
    `\`${name}\``,
    float32Only ? `float32 (${float32Only})` : 'float32, float64',
    notDifferentiable ? `no: ${notDifferentiable}` : 'yes',
    notDifferentiable ? '' : firstOrderOnly ? `no: ${firstOrderOnly}` : 'yes',
    'yes',
    notDifferentiable ? '' : sourcesOf(record).join(', ') || '-',
  ]
}

function sourcesOf(record: OperatorRecord): string[] {
  const asked = record.samples(new Random(1, record.name)).some(sample => sample.jax)
  return [...(asked ? ['jax-js'] : []), ...(record.golden ? ['PyTorch'] : [])]
}
