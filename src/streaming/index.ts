export { DecayingMoments } from './moments.ts'
export { MeanShift, PageHinkley, type PageHinkleyOptions } from './drift.ts'
export { DecayingRelevance, mutualInformation, type RelevanceOptions } from './relevance.ts'
export { kMeans, seedCenters, varianceWithin, type Clusters } from './k-means.ts'
