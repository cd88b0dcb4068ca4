export { InterplayError, isInterplayError, type ErrorFields, type Problem } from './error.ts'
export { editDistance, suggest } from './suggest.ts'
