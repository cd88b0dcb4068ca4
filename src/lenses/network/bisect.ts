/**
 * The fewest of 1 .. `count` with which `enough` is true, by bisection: exact where more never makes it false. With all of
 * them it is taken as true.
 */
export async function fewest(count: number, enough: (kept: number) => Promise<boolean>): Promise<number> {
  let [tooFew, sufficient] = [0, count]
  while (sufficient - tooFew > 1) {
    const middle = Math.ceil((tooFew + sufficient) / 2)
    if (await enough(middle)) sufficient = middle
    else tooFew = middle
  }
  return sufficient
}
