/** Names of seasons: `2023-24`, or `2023` for a league that plays by calendar year. */

const MOST = 40

/** The season under way at a time, where leagues that play over winter begin in July. */
export function seasonAt(time: Date, splits: boolean): string {
  const year = time.getUTCFullYear()
  if (!splits) return String(year)
  return named(time.getUTCMonth() >= 6 ? year : year - 1, true)
}

function named(year: number, splits: boolean): string {
  return splits ? `${year}-${String((year + 1) % 100).padStart(2, '0')}` : String(year)
}

export function splitsYears(season: string): boolean {
  return season.includes('-')
}

/** From the latest to the earliest, both included; the latest alone where they do not fit together. */
export function seasonsBetween(earliest: string, latest: string): string[] {
  const [first, last] = [Number.parseInt(earliest, 10), Number.parseInt(latest, 10)]
  if (!(first <= last) || splitsYears(earliest) !== splitsYears(latest)) return [latest]
  const years = Math.min(last - first + 1, MOST)
  return Array.from({ length: years }, (_, n) => named(last - n, splitsYears(latest)))
}
