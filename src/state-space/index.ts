export {
  emitted,
  observed,
  smooth,
  type Chain,
  type Gaussian,
  type Message,
  type Smoothed,
  type Transition,
} from './kalman.ts'
export { maternCovariance, maternStateSpace, type Matern, type StateSpace } from './matern.ts'
export { regress, type Regression } from './gaussian-process.ts'
