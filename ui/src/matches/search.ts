/** Team search that forgives accents, case and word order. */
import type { Match } from '../api/types'

export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    // Letters that do not decompose into a base letter and an accent.
    .replace(/ø/g, 'o')
    .replace(/ł/g, 'l')
    .replace(/æ/g, 'ae')
    .replace(/ß/g, 'ss')
    .trim()
}

/** True when every word of the query occurs in one of the two team names. */
export function matchesTeam(match: Pick<Match, 'home' | 'away'>, query: string): boolean {
  const words = fold(query).split(/\s+/).filter(Boolean)
  if (words.length === 0) return true
  return [match.home.name, match.away.name].some((name) => {
    const folded = fold(name)
    return words.every((word) => folded.includes(word))
  })
}
