/** Where bodies were seen in one recording, a sighting an entry. */
export interface Tracks {
  name: string
  /** 2 or 3. */
  dimensions: number
  /** Who is seen, an index into `names`: [sightings]. */
  bodies: Int32Array
  names: readonly string[]
  /** When, in equal steps from the recording's first frame: [sightings]. */
  moments: Int32Array
  /** [sightings, dimensions] */
  positions: Float32Array
}

/** The sightings whose moment answers `holds`. */
function sightingsAt(tracks: Tracks, holds: (moment: number) => boolean): Tracks {
  const { dimensions, bodies, moments, positions } = tracks
  const kept = Int32Array.from(moments.keys()).filter(at => holds(moments[at]!))
  return {
    ...tracks,
    bodies: Int32Array.from(kept, at => bodies[at]!),
    moments: Int32Array.from(kept, at => moments[at]!),
    positions: Float32Array.from(
      { length: kept.length * dimensions },
      (_, i) => positions[kept[Math.floor(i / dimensions)]! * dimensions + (i % dimensions)]!,
    ),
  }
}

/** A recording's first moments, a share of those at which anyone is seen, and the rest of it. */
export function splitByTime(tracks: Tracks, share: number): [Tracks, Tracks] {
  const moments = Int32Array.from(new Set(tracks.moments)).sort()
  const first = moments[Math.floor(share * moments.length)] ?? Infinity
  return [sightingsAt(tracks, moment => moment < first), sightingsAt(tracks, moment => moment >= first)]
}
