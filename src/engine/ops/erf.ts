import { apply, type Operator, type Tensor } from '../tensor.ts'
import { where } from './elementwise.ts'

const rule = (d: Tensor, x: Tensor): Tensor =>
  d.mul(
    x
      .mul(x)
      .neg()
      .exp()
      .mul(2 / Math.sqrt(Math.PI)),
  )

const erfOperator: Operator = { name: 'Erf', gradient: ({ inputs: [x] }, [d]) => [rule(d!, x!)] }

/** The error function. In float64, which the runtime's kernel lacks, by Cody's rational approximations. */
export function erf(x: Tensor): Tensor {
  if (x.dtype !== 'float64') return apply(erfOperator, [x], {}, { dtype: x.dtype, shape: x.shape })
  return rational(x).withGradient([x], d => [rule(d, x)])
}

/** Coefficients by falling power, of W. J. Cody, Mathematics of Computation 23 (1969), 631-637. */
const small = {
  above: [
    1.85777706184603153e-1, 3.1611237438705656, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3,
  ],
  below: [1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3],
}
const middle = {
  above: [
    2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
    8.8195222124176909e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
  ],
  below: [
    1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
    3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
  ],
}

const polynomial = (x: Tensor, [first, second, ...rest]: readonly number[]): Tensor =>
  rest.reduce((sum, coefficient) => sum.mul(x).add(coefficient), x.mul(first!).add(second!))

const ratio = (x: Tensor, { above, below }: typeof small): Tensor => polynomial(x, above).div(polynomial(x, below))

/** x R(x^2) up to 0.46875, 1 - exp(-x^2) R(|x|) above; from 6 on erf is 1 to the last bit. */
function rational(x: Tensor): Tensor {
  const size = x.abs()
  const inner = size.lessOrEqual(0.46875)
  const near = where(inner, x, 0)
  const far = size.clip(0.46875, 6)
  const tail = far.mul(far).neg().exp().mul(ratio(far, middle))
  return where(inner, near.mul(ratio(near.mul(near), small)), x.sign().mul(tail.neg().add(1)))
}
