export { datasetFolder, datasets } from './datasets/catalogue.ts'
export type { Dataset, DatasetFile, LicenceClass, Recipe, RecipeOptions } from './datasets/dataset.ts'
export { fetchDataset } from './datasets/fetch.ts'
export { locateFile, placesOf } from './datasets/locate.ts'
export { agrees, verifyFiles, type FileCheck, type FileState } from './datasets/verify.ts'
export { describeTable, type DescribedField, type DescribeOptions, type TableDescription } from './table/describe.ts'
export { resolveInput, type ResolvedInput } from './datasets/resolve.ts'
export { hashedVocabulary, idFinder } from './table/ids.ts'
export { encodingSettings } from './table/encoding-settings.ts'
export { codeTable, type CodedField, type CodedTable, type CodeOptions, type TableSource } from './table/coded.ts'
export type { EncodedTable } from './table/encoded.ts'
export { encodeRows, type EncodedRows, type RowFault } from './table/encode-rows.ts'
export { encodeTable, type EncodedChunk, type EncodeTableOptions } from './table/encode-table.ts'
export { tableFeeds } from './table/feeds.ts'
export {
  prepareRows,
  type DerivedTarget,
  type PreparedRows,
  type PrepareRowsOptions,
} from './table/memory/prepare-rows.ts'
export type { MemoryRows } from './table/memory/columns.ts'
export { batches, type Batch, type BatchOptions, type Feeds } from './table/batches.ts'
export { sliceTable, takeRows } from './table/slice.ts'
export { taken } from './taken.ts'
export {
  modelFields,
  tableSpec,
  targetSpec,
  valueName,
  vocabularyOf,
  type Encoding,
  type FieldEncoding,
  type OutputEncoding,
  type Vocabulary,
} from './table/encoding.ts'
export { scaler, unscaler } from './table/scale.ts'
export { openTable, Table, type OpenOptions, type TableInput } from './table/open.ts'
export type { PlannedField, Role } from './table/plan.ts'
export { prepareTable, type PreparedTable, type PrepareOptions } from './table/prepare.ts'
export type { FieldProfile } from './table/profile.ts'
export type { InputFile, ReaderOptions, Warning } from './table/readers/source.ts'
export type { FieldSchema, FieldType, Flag, Schema } from './table/schema.ts'
export { parseSplit, splitHash, type Split } from './table/split.ts'
export { copyToTable } from './table/write.ts'
export { checkLabels, splitAtRandom, type Labels, type Splits } from './items.ts'
export { checkGraph, type Graph } from './graph/graph.ts'
export { normalizedAdjacency, type Adjacency } from './graph/adjacency.ts'
export { checkImages, type Images } from './images/images.ts'
export {
  checkConceptImages,
  checkKnownConcepts,
  conceptsOf,
  nameOf,
  regionsByImage,
  type ConceptImages,
  type ConceptRegion,
  type Concepts,
} from './images/concepts.ts'
export { readConceptImages, readImages, type KnownImages, type ReadImagesOptions } from './images/read-images.ts'
export { readDigits } from './images/read-digits.ts'
export { brightnessOf, pixelsOf, scaleOf, type PixelScale } from './images/scale.ts'
export { areaOf, boxOf, centreOf, checkRegion, maskOf, type Polygon } from './images/regions.ts'
export { checkTrajectories, joinTrajectories, type Trajectories } from './trajectories/trajectories.ts'
export { splitByTime, type Tracks } from './trajectories/tracks.ts'
export { readTracks } from './trajectories/read-tracks.ts'
export { windowsOf, type WindowOptions } from './trajectories/windows.ts'
export { leaveOneOut } from './trajectories/leave-one-out.ts'
export { ethUcyScenes, readEthUcy } from './trajectories/eth-ucy.ts'
export { checkTensor, entriesOf, scaled, unscaled, type TensorEntries, type TensorMode } from './tensor/tensor.ts'
export { checkTicks, takeTicks, ticksOf, type TickStream } from './ticks/ticks.ts'
export { crossedTicks, midPrices, type OrderBook } from './ticks/order-book.ts'
export { readTicks } from './ticks/read-ticks.ts'
export { regimeTicks, type Regimes } from './worlds/regimes.ts'
export { orderBook, type BookTicks } from './worlds/order-book.ts'
export { tensorRows } from './tensor/tensor-rows.ts'
export { readTensor } from './tensor/read-tensor.ts'
export { smoothTensor, type SmoothTensor } from './worlds/smooth-tensor.ts'
export { checkCaptions, type Captions } from './captions/captions.ts'
export { specialTokens, TextVocabulary } from './captions/text-vocabulary.ts'
export { isTableWorld, worldNamed, worlds, type World } from './worlds/index.ts'
export type { TableWorld, WorldOptions, WorldTable } from './worlds/world.ts'
export { behaviourTypes, type BehaviourTypes } from './worlds/behaviour-types.ts'
export { noisyColumns, type NoisyColumns } from './worlds/noisy-columns.ts'
export { drawMethods, plantedMethods, type DrawnMethods, type PlantedMethods } from './worlds/planted-methods.ts'
export { plantedPairs, type PlantedPairs } from './worlds/planted-pairs.ts'
export { plantedGraph, type PlantedGraph } from './worlds/planted-graph.ts'
export { particles, type ParticleOptions, type Particles } from './worlds/particles.ts'
export {
  attributes,
  drawTinyWorld,
  shown,
  type Attribute,
  type Scene,
  type TinyWorld,
  type TinyWorldOptions,
} from './worlds/tiny-world/index.ts'
export { drawGlyphTexture, type GlyphTexture, type GlyphTextureOptions } from './worlds/glyph-texture.ts'
export { drawTiles, hands, tiles, type TileOptions } from './worlds/tiles.ts'
export { drawRadiographs, margin, markSide, type RadiographOptions } from './worlds/radiographs.ts'
export { checkGame, type Game } from './games/game.ts'
export { readGame, readGames } from './games/read-games.ts'
export { nameOfClass, strictOrdinalGames, strictRankings } from './games/ordinal.ts'
export { battle, dilemma } from './worlds/games.ts'
export { modularAddition, sumsModulo, type ModularAddition } from './worlds/modular-addition.ts'
export { languageTasks, sentences, tinyLanguage, type LanguageTask, type TinyLanguage } from './worlds/tiny-language.ts'
export { textRows, type TextRows } from './table/text-rows.ts'
export { readGraph } from './graph/read-graph.ts'
export { checkGroups, type GroupedColumn, type GroupedTable } from './groups/groups.ts'
export { checkViews, hasView, type TwoViews, type View } from './views/views.ts'
export { checkTokenPairs, type TokenPairs, type TokenSets } from './tokens/token-pairs.ts'
export {
  checkInteractions,
  eventsByUser,
  type Entities,
  type Events,
  type Interactions,
} from './interactions/interactions.ts'
export { holdOut, type HeldOut, type Protocol, type RankingCase } from './interactions/held-out.ts'
export { NegativeSampler } from './interactions/negatives.ts'
export { readInteractions } from './interactions/read-interactions.ts'
export { affinityOf, coldTastes, type ColdTastes } from './worlds/cold-tastes.ts'
export { funnel, type Funnel } from './worlds/funnel.ts'
