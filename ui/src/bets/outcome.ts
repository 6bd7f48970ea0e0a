import type { PaperBet } from '../api/types'

export type BetState = 'open' | 'won' | 'lost' | 'even' | 'returned'

/** What became of a bet; stakes that came back undone are neither won nor lost. */
export function stateOf({ profit, returned }: Pick<PaperBet, 'profit' | 'returned'>): BetState {
  if (profit === null) return 'open'
  if (returned) return 'returned'
  return profit > 0 ? 'won' : profit < 0 ? 'lost' : 'even'
}
