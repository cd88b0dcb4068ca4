// Builds dist/web: the page that trains in a browser, and `interplay/browser` for any page.
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defineConfig } from 'vite'

const place = path => fileURLToPath(new URL(path, import.meta.url))
const { version } = JSON.parse(readFileSync(place('package.json'), 'utf8'))

/** Files that a page fetches from its own folder and nowhere else. */
const beside = [
  'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.mjs',
  'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm',
  'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.mjs',
  'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm',
  'node_modules/vega-datasets/data/birdstrikes.csv',
]

/** What stands in for modules of Node alone: studies, views and readers of files stay behind, the version is a constant. */
const standIns = {
  'experiment.ts': `export const run = () => Promise.reject(new Error('studies run under Node'))`,
  'view.ts': ['attentionView', 'streamsView']
    .map(name => `export const ${name} = () => Promise.reject(new Error('views are taken under Node'))`)
    .join('\n'),
  ...Object.fromEntries(
    Object.entries({
      'read-captions.ts': ['readCaptions'],
      'read-games.ts': ['readGame'],
      'read-graph.ts': ['readGraph'],
      'read-groups.ts': ['readGroups'],
      'read-images.ts': ['readConceptImages', 'readImages'],
      'read-interactions.ts': ['readInteractions'],
      'read-tensor.ts': ['readTensor'],
      'read-token-pairs.ts': ['readTokenPairs'],
      'read-trajectories.ts': ['readTrajectories'],
      'read-ticks.ts': ['readTicks'],
      'read-views.ts': ['readViews'],
    }).map(([file, names]) => [
      file,
      names
        .map(name => `export const ${name} = () => Promise.reject(new Error('files are read under Node'))`)
        .join('\n'),
    ]),
  ),
  'version.ts': `export const version = ${JSON.stringify(version)}`,
}

const withoutNode = () => ({
  name: 'without-node',
  enforce: 'pre',
  resolveId(id, importer) {
    if (isBuiltin(id)) this.error(`${importer} needs Node: it imports '${id}'`)
    const name = id.split('/').at(-1)
    return name in standIns ? `\0${name}` : undefined
  },
  load(id) {
    return standIns[id.replace('\0', '')]
  },
})

const filesBeside = () => ({
  name: 'files-beside',
  apply: 'build',
  generateBundle() {
    for (const path of beside)
      this.emitFile({ type: 'asset', fileName: path.split('/').at(-1), source: readFileSync(place(path)) })
  },
})

const flat = { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', assetFileNames: '[name][extname]' }

/** WebAssembly threads share memory, which browsers allow in pages isolated from other origins. */
const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

export default defineConfig({
  root: place('src/browser/page'),
  base: './',
  publicDir: false,
  logLevel: 'warn',
  resolve: {
    alias: [
      { find: '#runtime', replacement: place('src/engine/runtime/web.ts') },
      // The package's main build is for Node's sake; a page takes the smallest.
      { find: /^onnxruntime-web$/, replacement: 'onnxruntime-web/wasm' },
    ],
    conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions],
  },
  plugins: [withoutNode(), filesBeside()],
  worker: { format: 'es', plugins: () => [withoutNode()], rollupOptions: { output: flat } },
  build: {
    outDir: place('dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      input: { index: place('src/browser/page/index.html'), interplay: place('src/browser/index.ts') },
      preserveEntrySignatures: 'strict',
      output: flat,
    },
  },
  preview: { headers: isolated, port: 4173 },
})
