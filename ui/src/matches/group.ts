/** Groups matches into days as the reader's calendar has them. */
import type { Match } from '../api/types'

export interface MatchDay {
  /** `YYYY-MM-DD`. */
  date: string
  matches: Match[]
}

/**
 * The calendar date of a match. A kick-off known to the minute falls on the reader's date; one known only to
 * the day keeps the source's date, because moving its placeholder time across a zone would invent another day.
 */
export function matchDate(match: Pick<Match, 'kickoff' | 'kickoff_precision'>, timeZone?: string): string {
  if (match.kickoff_precision === 'day') return match.kickoff.slice(0, 10)
  return isoDate(new Date(match.kickoff), timeZone)
}

export function isoDate(instant: Date, timeZone?: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(instant)
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? ''
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`
}

/** Days in order; within a day by kick-off, matches without a time last, then by league and home team. */
export function groupByDay(matches: readonly Match[], timeZone?: string): MatchDay[] {
  const days = new Map<string, Match[]>()
  for (const match of matches) {
    const date = matchDate(match, timeZone)
    const day = days.get(date)
    if (day) day.push(match)
    else days.set(date, [match])
  }
  return [...days.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, list]) => ({ date, matches: list.sort(byKickoff) }))
}

function byKickoff(a: Match, b: Match): number {
  if (a.kickoff_precision !== b.kickoff_precision) return a.kickoff_precision === 'day' ? 1 : -1
  return (
    Date.parse(a.kickoff) - Date.parse(b.kickoff) ||
    a.league.code.localeCompare(b.league.code) ||
    a.home.name.localeCompare(b.home.name)
  )
}
