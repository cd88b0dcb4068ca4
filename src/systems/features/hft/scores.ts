/** Of ticks whose class is known and, where told, whose windows were full. */
export function scoresOf(
  probabilities: Float64Array,
  labels: Int32Array,
  classes: number,
  counts: (tick: number) => boolean = () => true,
): { balancedAccuracy: number; logLoss: number } {
  const [hits, known] = [new Float64Array(classes), new Float64Array(classes)]
  let [loss, all] = [0, 0]
  labels.forEach((label, t) => {
    if (label < 0 || !counts(t)) return
    const own = probabilities.subarray(t * classes, (t + 1) * classes)
    known[label]!++
    all++
    if (own.indexOf(Math.max(...own)) === label) hits[label]!++
    loss -= Math.log(Math.max(own[label]!, 1e-12))
  })
  const recalls = [...hits].flatMap((hit, k) => (known[k]! > 0 ? [hit / known[k]!] : []))
  return { balancedAccuracy: recalls.reduce((sum, each) => sum + each, 0) / recalls.length, logLoss: loss / all }
}
