// Imports point downwards only. A folder may import itself and the folders of lower layers; `registry` knows every system.
const layers = [
  ['errors', 'linear-algebra', 'random', 'state-space', 'statistics', 'streaming'],
  ['engine'],
  ['nn'],
  ['data'],
  ['metrics', 'charts'],
  ['system'],
  ['train'],
  ['lenses'],
  ['study', 'report'],
  ['systems'],
  ['server'],
  ['verbs'],
  ['cli', 'browser'],
]

const upward = layers.slice(0, -1).map((names, level) => ({
  name: `${names.join('-')}-imports-upward`,
  severity: 'error',
  comment: 'imports point downwards only',
  from: { path: `^src/(${names.join('|')})/`, pathNot: '\\.test(-d)?\\.ts$' },
  to: {
    path: `^src/(${layers
      .slice(level + 1)
      .flat()
      .join('|')})/`,
  },
}))

module.exports = {
  forbidden: [
    ...upward,
    {
      name: 'only-the-engine-knows-onnx',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/engine/', '\\.test\\.ts$'] },
      to: { path: 'node_modules/(onnx-buf|onnxruntime-node|onnxruntime-web)' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
    },
    { name: 'no-index-of-package', severity: 'error', from: { path: '^src/[^/]+/' }, to: { path: '^src/index\\.ts$' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
