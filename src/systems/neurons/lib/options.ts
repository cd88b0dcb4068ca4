import { edgeFormulas, integrationRules, momentFormulas } from '../../../lenses/network/index.ts'
import { z } from '../../../system/index.ts'

export const options = z.object({
  layers: z
    .array(z.string())
    .default([])
    .describe("node layers from input to output, a+b side by side; the network's own where left out (--at)"),
  basis: z.enum(['lib', 'pca', 'neuron']).default('lib').describe('whose directions and edges are told'),
  formula: z
    .enum(momentFormulas)
    .default('jacobian')
    .describe("of the basis: every output's slopes, or one gradient, of a product or difference of outputs (older)"),
  edges: z
    .enum(edgeFormulas)
    .default('squared')
    .describe('squares of effects, or effects on a squared difference (older)'),
  integration: z
    .enum(integrationRules)
    .default('point')
    .describe('derivatives at the activations, or integrated on the way from nothing to them'),
  points: z.number().int().min(1).max(100).default(5).describe('of the integration; a point has 1'),
  compare: z.boolean().default(true).describe('ablate in the principal and the neuron basis too'),
  threshold: z.number().min(0).max(1).default(1e-9).describe('variance and importance below which a direction goes'),
  ablate: z
    .enum(['none', 'nodes', 'edges', 'both'])
    .default('both')
    .describe('what is taken away to see what is needed'),
  score: z
    .enum(['accuracy', 'log-likelihood', 'fit'])
    .default('accuracy')
    .describe("of answers without what was taken away; fit is to the network's own numbers"),
  tolerance: z.number().min(0).max(1).default(0.001).describe('how much of the score may be lost'),
  positionProbes: z.number().int().min(0).max(1000).default(0).describe('random signs for positions; 0 takes each'),
  directionProbes: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe('random signs for directions of the basis; 0 takes each'),
  resolution: z.number().positive().max(100).default(1).describe('of clusters: larger ones give smaller clusters'),
  batch: z.number().int().min(1).max(65536).default(1024).describe('examples a run'),
})

export type LibOptions = z.output<typeof options>
