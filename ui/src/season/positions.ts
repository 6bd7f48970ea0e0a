/** What a distribution over final positions says in short. Positions count from 1. */

export interface Spread {
  likeliest: number
  /** The best and the worst position of the middle nine tenths. */
  best: number
  worst: number
}

/** `null` for an empty distribution. */
export function spreadOf(positions: readonly number[]): Spread | null {
  const total = positions.reduce((sum, share) => sum + share, 0)
  if (!(total > 0)) return null
  const likeliest = positions.indexOf(Math.max(...positions)) + 1
  // A position counts once more than a twentieth of the chances lies at or before it, on either side.
  let [before, best] = [0, 0]
  while (best < positions.length && before + positions[best]! <= total * 0.05) before += positions[best++]!
  let [after, worst] = [0, positions.length - 1]
  while (worst > best && after + positions[worst]! <= total * 0.05) after += positions[worst--]!
  return { likeliest, best: best + 1, worst: worst + 1 }
}
