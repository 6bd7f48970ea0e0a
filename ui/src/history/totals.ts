/**
 * How good verified forecasts were, beside the closing prices. The sample is matches, not forecasts: several
 * forecasts of one match share its result, so each match counts once, with the mean over its forecasts.
 */
import type { SealedForecast } from '../api/types'

export interface Mean {
  mean: number
  /** Standard error of the mean; `null` where the sample is a single match. */
  se: number | null
  /** Standard deviation between matches. */
  deviation: number
}

export interface Totals {
  forecasts: number
  matches: number
  /** Ranked probability score of the forecasts. */
  rps: Mean
  /** Mean probability that was given to the likeliest outcome, and how often that happened. */
  said: number
  happened: number
  /** On the matches of which closing prices are held. */
  closing: { matches: number; ours: Mean; line: Mean; difference: Mean } | null
}

function meanOf(values: readonly number[]): Mean {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  if (n < 2) return { mean, se: null, deviation: 0 }
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1))
  return { mean, se: deviation / Math.sqrt(n), deviation }
}

/** One value per match: the mean over its forecasts. */
function perMatch<T>(rows: readonly [number, T][], value: (row: T) => number): number[] {
  const groups = new Map<number, number[]>()
  for (const [match, row] of rows) groups.set(match, [...(groups.get(match) ?? []), value(row)])
  return [...groups.values()].map((group) => group.reduce((sum, one) => sum + one, 0) / group.length)
}

/** `null` where none of them is verified. */
export function totalsOf(forecasts: readonly SealedForecast[]): Totals | null {
  const verified = forecasts.flatMap((forecast): [number, { forecast: SealedForecast; rps: number; right: boolean }][] =>
    forecast.verification
      ? [[forecast.match_id, { forecast, rps: forecast.verification.rps, right: forecast.verification.is_correct }]]
      : [],
  )
  if (verified.length === 0) return null
  const priced = verified.flatMap(([match, { forecast, rps }]): [number, { rps: number; line: number }][] => {
    const closing = forecast.verification?.closing
    return closing ? [[match, { rps, line: closing.rps }]] : []
  })
  const scores = perMatch(verified, (row) => row.rps)
  return {
    forecasts: verified.length,
    matches: scores.length,
    rps: meanOf(scores),
    said: meanOf(perMatch(verified, (row) => row.forecast.confidence)).mean,
    happened: meanOf(perMatch(verified, (row) => (row.right ? 1 : 0))).mean,
    closing: priced.length === 0 ? null : closingOf(priced),
  }
}

function closingOf(priced: readonly [number, { rps: number; line: number }][]): NonNullable<Totals['closing']> {
  const differences = perMatch(priced, (row) => row.rps - row.line)
  return {
    matches: differences.length,
    ours: meanOf(perMatch(priced, (row) => row.rps)),
    line: meanOf(perMatch(priced, (row) => row.line)),
    difference: meanOf(differences),
  }
}

/** Below this many matches even a large difference says nothing. */
export const FEW_MATCHES = 30

/** `alike`: closer than two standard errors, which chance alone makes often. */
export type Verdict = 'unpriced' | 'few' | 'alike' | 'better' | 'worse'

export function verdictOf({ closing }: Totals): Verdict {
  if (closing === null) return 'unpriced'
  const { mean, se } = closing.difference
  if (closing.matches < FEW_MATCHES || se === null) return 'few'
  if (Math.abs(mean) <= 2 * se) return 'alike'
  return mean < 0 ? 'better' : 'worse'
}

/** Matches after which a difference of this size would be two standard errors, to two digits; `null` without spread. */
export function matchesToTell(difference: Mean, size: number): number | null {
  if (!(difference.deviation > 0)) return null
  const exact = ((2 * difference.deviation) / size) ** 2
  const digit = 10 ** Math.max(0, Math.floor(Math.log10(exact)) - 1)
  return Math.ceil(exact / digit) * digit
}
