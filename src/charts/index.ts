export { ablationCurves, type AblationInput, type AblationSeries } from './ablation-curves.ts'
export { blockWidths, type BlockWidthsInput } from './block-widths.ts'
export { agreementChart, agreementFinding, type AgreementInput } from './agreement.ts'
export { attentionMap, type AttentionInput } from './attention.ts'
export { bandCurves, type BandCurve, type BandCurvesInput } from './band-curves.ts'
export { calibrationChart, type CalibrationPoint } from './calibration.ts'
export { formatCell, toCsv, type Cell, type ChartSpec, type Column, type Table } from './chart.ts'
export { candidateChart, type CandidateInput } from './candidates.ts'
export { confusionChart } from './confusion.ts'
export { precisionRecallChart, rocChart, type CurveInput, type CurveSeries } from './curves.ts'
export { crossBars, type CrossesInput } from './crosses.ts'
export { clusteredOrder, strengthOrder } from './field-order.ts'
export { effectCurve, type EffectCurveInput } from './effect-curve.ts'
export { fieldProfile, type CategoricalProfile, type FieldProfile, type NumericProfile } from './field-profile.ts'
export * from './format.ts'
export { gateBars, type GateInput } from './gates.ts'
export { haloChart, type HaloInput, type HaloPoint } from './halo.ts'
export { importanceChart, overZero, type Importance, type ImportanceInput } from './importance.ts'
export { influenceBars, type InfluenceInput } from './influence.ts'
export { ranked, type Interaction, type RankedInteraction } from './interaction.ts'
export { interactionBars, type InteractionBarsInput } from './interaction-bars.ts'
export { interactionMap, type InteractionMapInput } from './interaction-map.ts'
export { layeredGraph, type LayeredEdge, type LayeredGraphInput, type LayeredNode } from './layered-graph.ts'
export { keptValues, type KeptValuesInput } from './kept-values.ts'
export { latencyHistogram, type LatencyInput } from './latency.ts'
export { learningCurves, type Epoch, type LearningHistory } from './learning-curves.ts'
export { logitParts, type LogitParts } from './logit-parts.ts'
export { pairEffect, pairPanels } from './pair-effect.ts'
export { readableRows, type PairGrid } from './pair-grid.ts'
export { paretoChart, paretoFront, type ParetoInput, type ParetoPoint } from './pareto.ts'
export { rankBars, rankByCardinality, rankFinding, toldFromNoise, type RankEntry, type RankInput } from './rank.ts'
export { residualChart } from './residuals.ts'
export { selectionRibbon, type RibbonInput } from './ribbon.ts'
export { scoreHistogram } from './score-histogram.ts'
export { swarmChart, type SwarmInput } from './swarm.ts'
export { signedBlocks, type SignedBlock, type SignedBlocksInput } from './signed-blocks.ts'
export { surface, type SurfaceInput } from './surface.ts'
export { renderSvg, type SvgOptions } from './svg.ts'
export { chartConfig, fonts, tokens, type Theme, type Tokens } from './theme.ts'
export {
  measuredText,
  sortedClaims,
  verdictMarks,
  verdictOf,
  verdictSentence,
  verdictSummary,
  verdictTable,
  type Claim,
  type Verdict,
} from './verdicts.ts'
export { weightMatrix, type WeightMatrixInput } from './weight-matrix.ts'
