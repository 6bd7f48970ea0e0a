/** Percentages as shown: one decimal, and shares of one whole that add up to exactly 100. */

/**
 * Rounds shares to tenths of a percent by the largest-remainder method, so that what the reader adds up is 100.0.
 * Rounding each on its own shows 33.3 + 33.3 + 33.3 = 99.9. Shares that do not sum to 1 are normalised first.
 */
export function wholeOfPercents(shares: readonly number[]): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0)
  if (!(total > 0)) return shares.map(() => 0)
  const exact = shares.map((share) => (share / total) * 1000)
  const tenths = exact.map(Math.floor)
  const missing = 1000 - tenths.reduce((sum, value) => sum + value, 0)
  exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index)
    .slice(0, missing)
    .forEach(({ index }) => (tenths[index]! += 1))
  return tenths.map((value) => value / 10)
}

/**
 * Text of a percentage given in percent. A possible outcome is never shown as impossible ("<0.1%"),
 * nor an uncertain one as certain.
 */
export function percentText(percent: number, share: number, locale: string): string {
  const number = (value: number) =>
    value.toLocaleString(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 })
  if (share > 0 && percent < 0.05) return `<${number(0.1)}%`
  if (share < 1 && percent > 99.95) return `>${number(99.9)}%`
  return `${number(percent)}%`
}

/** Text of one probability that stands alone. */
export function probabilityText(probability: number, locale: string): string {
  return percentText(Math.round(probability * 1000) / 10, probability, locale)
}

/** Decimal odds without a bookmaker's margin: 1 / p. Beyond 1000 the number says nothing any more. */
export function fairOddsText(probability: number, locale: string): string {
  if (!(probability > 0)) return '–'
  const odds = 1 / probability
  if (odds > 1000) return '>1000'
  const digits = odds >= 100 ? 0 : odds >= 20 ? 1 : 2
  return odds.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false })
}
