export { ImageAttribution, type ImageNetwork, type PathOptions } from './attribution.ts'
export { areaShare, distanceFrom, enlarged, massWithin, peakOf, pointsInto, reduced } from './evidence.ts'
export { forwardThrough, layersOf, relevance, type ChainPart, type RelevanceRule } from './relevance.ts'
