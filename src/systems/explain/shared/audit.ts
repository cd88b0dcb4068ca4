import { coOccurrence, formatQuantity, formatShare, type ChartSpec } from '../../../charts/index.ts'
import type { ConceptImages } from '../../../data/index.ts'
import { InterplayError } from '../../../errors/index.ts'
import { auditConcepts, type ConceptAudit } from '../../../lenses/index.ts'
import type { Explanation } from '../../../system/index.ts'

/** Pairs of concepts that are told. */
const toldPairs = 20

/** What labels alone allow, before anything is learned. */
export function auditExplanation(images: ConceptImages): Explanation {
  const { concepts, labels } = images
  if (!concepts) throw new InterplayError('data/concepts-missing', 'the images have no concepts to audit')
  const audit = auditConcepts({ ...concepts, classes: labels?.values })
  const { names, pairs, entropies, shown } = audit
  const strongest = pairs
    .filter(({ phi }) => !Number.isNaN(phi))
    .toSorted((a, b) => Math.abs(b.phi) - Math.abs(a.phi))
    .slice(0, toldPairs)
  return {
    results: strongest.map(({ set, phi, apart, jaccard }) => ({
      set: set.map(c => names[c]!),
      index: 'phi',
      value: phi,
      reason: `${apart === 0 ? 'never apart' : `apart in ${formatQuantity(apart, 'image')}`}, together in ${formatShare(jaccard)} of the images that show either`,
    })),
    complete: true,
    units: 'correlation of the labels',
    table: {
      columns: ['concept', 'images', 'entropy, bits', 'left by the one that tells most'],
      rows: names.map((name, c) => {
        const left = names.map((_, other) => (other === c ? Infinity : entropies[c * names.length + other]!))
        return [name, shown[c]!, entropies[c * names.length + c]!, Math.min(...left)]
      }),
    },
    figures: [coOccurrenceOf(audit)],
    notes: auditNotes(audit),
  }
}

/** How often concepts occur together. */
export function coOccurrenceOf({ names, pairs, identical, images }: ConceptAudit): ChartSpec {
  const width = names.length
  const jaccard = new Float64Array(width * width)
  for (const { set, jaccard: value } of pairs) {
    const [a, b] = set
    jaccard[a * width + b] = jaccard[b * width + a] = Number.isNaN(value) ? 0 : value
  }
  return coOccurrence({ names, jaccard, identical, images })
}

/** What cannot be learned from these labels, and what would change that. */
export function auditNotes({ names, identical, opposite, tieBreakers, constant, toldByClass }: ConceptAudit): string[] {
  const list = (set: readonly number[]) => set.map(c => names[c]).join(', ')
  return [
    ...(identical.length > 0
      ? [
          `never apart, so that no model can know which pixels belong to which: ${identical.map(list).join('; ')}`,
          ...tieBreakers.map(({ show, leaveOut }) => `needed: images with ${list(show)} but without ${list(leaveOut)}`),
        ]
      : ['every two concepts are apart in some image']),
    ...(opposite.length > 0
      ? [
          `exactly one of each in every image, so that one may be read as the absence of the other: ${opposite.map(list).join('; ')}`,
        ]
      : []),
    ...(constant.length > 0 ? [`the same in all images: ${list(constant)}`] : []),
    ...(toldByClass.length === names.length
      ? ['the class tells every concept: concepts may be read from whatever tells the class']
      : toldByClass.length > 0
        ? [`told by the class: ${list(toldByClass)}`]
        : []),
  ]
}
