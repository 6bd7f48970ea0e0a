/** Dates and numbers in the reader's language. Pure: zone and "now" are parameters. */
import type { Match } from '../api/types'
import { isoDate } from '../matches/group'

/** "Saturday 14 August 2027", from a calendar date (`YYYY-MM-DD`). */
export function longDate(date: string, locale: string): string {
  // Noon UTC formatted in UTC: a calendar date must not move with the reader's zone.
  return new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(new Date(`${date}T12:00:00Z`))
}

export type RelativeDay = 'today' | 'tomorrow' | null

export function relativeDay(date: string, now: Date, timeZone?: string): RelativeDay {
  const today = isoDate(now, timeZone)
  if (date === today) return 'today'
  const next = new Date(`${today}T12:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  return date === next.toISOString().slice(0, 10) ? 'tomorrow' : null
}

/** "15:00", or `null` when only the day is known. */
export function kickoffTime(match: Pick<Match, 'kickoff' | 'kickoff_precision'>, locale: string, timeZone?: string) {
  if (match.kickoff_precision === 'day') return null
  return new Intl.DateTimeFormat(locale, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(match.kickoff),
  )
}

/** Date and time of an instant; a bare date stays a date. */
export function instant(text: string, locale: string, timeZone?: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', dateStyle: 'medium' }).format(new Date(`${text}T12:00:00Z`))
  }
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) return text
  return new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }).format(date)
}

/** The date alone of a UTC instant or a bare date, as the data have it (UTC). */
export function dataDate(text: string, locale: string): string {
  const date = text.slice(0, 10)
  return /^\d{4}-\d{2}-\d{2}$/.test(date) ? instant(date, locale) : text
}

export function fixed(value: number, digits: number, locale: string): string {
  return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** With its sign: "+0.0021", "−0.0340". */
export function signed(value: number, digits: number, locale: string): string {
  return value.toLocaleString(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'exceptZero',
  })
}

/** A share as a percentage with its sign and one decimal: "+4.2%". */
export function signedPercent(share: number, locale: string): string {
  return `${signed(share * 100, 1, locale)}%`
}

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** How long ago that is, in the largest unit of which a whole one has passed; seconds below zero are to come. */
export function ago(seconds: number, locale: string): string {
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? (['second', 1] as const)
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-Math.trunc(seconds / size) || 0, unit)
}

export function whole(value: number, locale: string): string {
  return Math.round(value).toLocaleString(locale)
}

/** The reader's zone by name, e.g. "Europe/London". */
export function zoneName(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
