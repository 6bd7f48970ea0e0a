/** What a bet is on, in the reader's words. */
import type { ValueBet } from '../api/types'
import { fixed, signed } from '../i18n/format'

export type Bet = Pick<ValueBet, 'market' | 'selection' | 'line' | 'home' | 'away'>
type Translate = (key: string, named: Record<string, string>) => string

/** A line of goals: halves with one digit, quarters with two. */
function digitsOf(line: number): number {
  return Number.isInteger(line * 2) ? 1 : 2
}

/** `bet` names what is bet on; a market that this page does not know keeps the names of the interface. */
export function betText(bet: Bet, t: Translate, locale: string): string {
  const { market, selection, line, home, away } = bet
  switch (`${market} ${selection}`) {
    case '1x2 home':
      return t('forecast.winOf', { team: home })
    case '1x2 away':
      return t('forecast.winOf', { team: away })
    case '1x2 draw':
      return t('forecast.draw', {})
    case 'both_teams_score yes':
      return t('markets.bttsYes', {})
    case 'both_teams_score no':
      return t('markets.bttsNo', {})
  }
  if (line !== null && market === 'over_under' && (selection === 'over' || selection === 'under')) {
    return t(`markets.${selection}`, { line: fixed(line, digitsOf(line), locale) })
  }
  if (line !== null && market === 'asian_handicap' && (selection === 'home' || selection === 'away')) {
    // The line is the home side's; the away side plays with its opposite.
    const own = selection === 'home' ? line : -line
    return t('bets.handicap', { team: selection === 'home' ? home : away, line: signed(own, digitsOf(own), locale) })
  }
  return [market, selection, line].filter((part) => part !== null).join(' ').replaceAll('_', ' ')
}
