export { Random } from './random.ts'
export { bucketOf, sipHash } from './sip-hash.ts'
