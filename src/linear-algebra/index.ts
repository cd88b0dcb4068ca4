export { dense, identity, kronecker, multiply, plus, symmetrized, transposed, type Dense } from './dense.ts'
export {
  principalCosines,
  singularValues,
  symmetricEigen,
  type SingularValues,
  type SymmetricEigen,
} from './decompose.ts'
export { principalComponents, projected, type PrincipalComponents } from './principal.ts'
export { cholesky, inverse, leastSquares, solve, solvePositive, solveTriangular } from './solve.ts'
