/** The address of a match: `#/matches/123` opens it beside the list. */

const MATCH = /^#\/matches\/(\d{1,15})\/?$/

export function matchIdOf(hash: string): number | null {
  const id = MATCH.exec(hash)?.[1]
  return id === undefined ? null : Number(id)
}

export function hashOf(matchId: number): string {
  return `#/matches/${matchId}`
}
