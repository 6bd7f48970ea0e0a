import { describe, expect, it } from 'vitest'
import { createTexts } from '../i18n'
import texts from '../i18n/pages/bets'
import { byYield, rangeText } from './backtest'

const range = (estimate: number) => ({ estimate, low: estimate - 0.1, high: estimate + 0.1, level: 0.95 })

describe('scorecards', () => {
  it('stand by yield, those without bets last', () => {
    const cards = [{ name: 'none', yield_on_stakes: null }, { name: 'low', yield_on_stakes: range(-0.2) }, { name: 'high', yield_on_stakes: range(0.1) }]
    expect(byYield(cards).map(({ name }) => name)).toEqual(['high', 'low', 'none'])
    expect(cards[0]!.name).toBe('none')
  })

  it('tell an estimate with its interval', () => {
    expect(rangeText(range(0.0123), 'en')).toBe('+1.2% (-8.8% … +11.2%)')
    expect(rangeText(null, 'en')).toBe('–')
  })

  it('have words for every verdict in both languages', () => {
    for (const locale of ['en', 'zh-CN'] as const) {
      const i18n = createTexts(locale).global
      i18n.mergeLocaleMessage(locale, texts[locale])
      for (const kind of ['no_bets', 'too_few', 'profit', 'profit_without_closing_value', 'profit_at_doubtful_prices', 'best_of_many', 'closing_value_only', 'no_evidence', 'loss']) {
        expect(i18n.te(`bets.verdict.${kind}`, locale), kind).toBe(true)
      }
    }
  })
})
