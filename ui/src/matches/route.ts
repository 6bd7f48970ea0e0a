/** The page's only route: `#/matches/123` names the open match. */

const MATCH = /^#\/matches\/(\d{1,15})\/?$/

export function matchIdOf(hash: string): number | null {
  const id = MATCH.exec(hash)?.[1]
  return id === undefined ? null : Number(id)
}

export function hashOf(matchId: number): string {
  return `#/matches/${matchId}`
}
