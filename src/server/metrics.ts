import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Predictor } from './inference/predictor.ts'

/** The server's Prometheus metrics, in a registry of their own. */
export function createMetrics(models: readonly Predictor[]) {
  const registry = new Registry()
  const registers = [registry]
  const batchRows = new Histogram({
    name: 'interplay_batch_rows',
    help: 'Rows of one run of a model.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    registers,
  })
  for (const model of models) model.onBatch(rows => batchRows.observe(rows))
  new Gauge({
    name: 'interplay_queue_rows',
    help: 'Rows that wait for a worker.',
    registers,
    collect() {
      this.set(models.reduce((sum, model) => sum + model.queuedRows, 0))
    },
  })
  const modelInfo = new Gauge({
    name: 'interplay_model_info',
    help: '1 for every model served.',
    labelNames: ['name', 'version'],
    registers,
  })
  for (const { name, version } of models) modelInfo.set({ name, version }, 1)
  return {
    registry,
    requests: new Counter({
      name: 'interplay_requests_total',
      help: 'Requests answered.',
      labelNames: ['route', 'status'],
      registers,
    }),
    seconds: new Histogram({
      name: 'interplay_request_seconds',
      help: 'Seconds from a request for predictions to its answer.',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    unseenValues: new Counter({
      name: 'interplay_unseen_values_total',
      help: 'Values outside the vocabulary of their field.',
      labelNames: ['field'],
      registers,
    }),
    rejectedRows: new Counter({
      name: 'interplay_rejected_rows_total',
      help: 'Rows that were not answered, by error code.',
      labelNames: ['code'],
      registers,
    }),
  }
}

export type Metrics = ReturnType<typeof createMetrics>
