/** Figures of backtests, in the order and the words of a reader. */
import type { Scorecard } from '../api/types'
import { signedPercent } from '../i18n/format'

type Range = Scorecard['yield_on_stakes']

/** The highest yield first; strategies without bets last. */
export function byYield<T extends Pick<Scorecard, 'yield_on_stakes'>>(cards: readonly T[]): T[] {
  const level = (card: T) => card.yield_on_stakes?.estimate ?? -Infinity
  return [...cards].sort((a, b) => level(b) - level(a))
}

/** "+1.2% (−3.4% to +5.6%)", shorter where a language needs no words. */
export function rangeText(range: Range, locale: string): string {
  if (range === null) return '–'
  const [middle, low, high] = [range.estimate, range.low, range.high].map((share) => signedPercent(share, locale))
  return `${middle} (${low} … ${high})`
}
