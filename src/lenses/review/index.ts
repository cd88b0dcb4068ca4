export {
  decidedRight,
  readReview,
  reviewLine,
  type DecisionRecord,
  type EditRecord,
  type ReviewRecord,
} from './records.ts'
