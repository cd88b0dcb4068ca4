export { dense, multiply, transposed, type Dense } from './dense.ts'
export { singularValues, symmetricEigen, type SingularValues, type SymmetricEigen } from './decompose.ts'
export { cholesky, inverse, leastSquares, solve, solveTriangular } from './solve.ts'
