import { describe, expect, it } from 'vitest'
import { createTexts } from '../i18n'
import texts from '../i18n/pages/bets'
import { ago } from '../i18n/format'
import { betText, type Bet } from './bet-text'

const i18n = createTexts('en').global
i18n.mergeLocaleMessage('en', texts.en)
const text = (over: Partial<Bet>) =>
  betText(
    { market: '1x2', selection: 'home', line: null, home: 'Pellbrook', away: 'Fennick', ...over },
    (key, named) => i18n.t(key, named),
    'en',
  )

describe('a bet in words', () => {
  it.each([
    [{}, 'Pellbrook win'],
    [{ selection: 'draw' }, 'Draw'],
    [{ selection: 'away' }, 'Fennick win'],
    [{ market: 'over_under', selection: 'under', line: 2.75 }, 'Under 2.75 goals'],
    [{ market: 'asian_handicap', selection: 'home', line: -0.5 }, 'Pellbrook -0.5'],
    [{ market: 'asian_handicap', selection: 'away', line: -0.25 }, 'Fennick +0.25'],
    [{ market: 'asian_handicap', selection: 'away', line: 0 }, 'Fennick 0.0'],
    [{ market: 'both_teams_score', selection: 'no' }, 'Both teams score: no'],
    [{ market: 'first_goal', selection: 'home', line: 1 }, 'first goal home 1'],
  ])('%j', (bet, words) => expect(text(bet)).toBe(words))
})

describe('an age', () => {
  it('is told in its largest whole unit', () => {
    expect([0, 59, 60, 3599, 7200, 90_000, 400_000].map((seconds) => ago(seconds, 'en'))).toEqual([
      'now', '59 seconds ago', '1 minute ago', '59 minutes ago', '2 hours ago', 'yesterday', '4 days ago',
    ])
    expect(ago(-7200, 'en')).toBe('in 2 hours')
  })
})
