import { describe, expect, it } from 'vitest'
import type { ScoreGrid } from '../api/types'
import { outcomeOf, viewGrid } from './score-grid'

function poissonGrid(home: number, away: number, max = 10): ScoreGrid {
  const terms = (mean: number) => {
    const row = [Math.exp(-mean)]
    for (let k = 1; k <= max; k++) row.push((row[k - 1]! * mean) / k)
    return row
  }
  const [h, a] = [terms(home), terms(away)]
  return { max_goals: max, probabilities: h.map((x) => a.map((y) => x * y)) }
}

describe('the shown part of a score grid', () => {
  it('says how much it hides: shown and hidden make one', () => {
    for (const [home, away] of [[1.4, 1.1], [0.2, 0.3], [3.9, 0.4], [2.8, 2.9]] as const) {
      const view = viewGrid(poissonGrid(home, away))
      const shown = view.cells.reduce((sum, cell) => sum + cell.probability, 0)
      expect(shown + view.remainder).toBeCloseTo(1, 12)
      expect(view.cells).toHaveLength((view.homeGoals + 1) * (view.awayGoals + 1))
    }
  })

  it('hides little of an ordinary match and grows towards the stronger side only', () => {
    expect(viewGrid(poissonGrid(1.4, 1.1)).remainder).toBeLessThan(0.015)
    const lopsided = viewGrid(poissonGrid(3.2, 0.4))
    expect(lopsided.homeGoals).toBeGreaterThan(lopsided.awayGoals)
    expect(lopsided.awayGoals).toBe(4)
  })

  it('never shows more than the grid has', () => {
    const view = viewGrid({ max_goals: 2, probabilities: [[0.2, 0.1, 0.1], [0.1, 0.1, 0.1], [0.1, 0.1, 0.1]] })
    expect([view.homeGoals, view.awayGoals]).toEqual([2, 2])
    expect(view.remainder).toBeCloseTo(0, 12)
    expect(view.peak).toBe(0.2)
  })

  it('reads rows as home goals', () => {
    const view = viewGrid({ max_goals: 1, probabilities: [[0.1, 0.2], [0.6, 0.1]] })
    expect(view.cells.find((cell) => cell.home === 1 && cell.away === 0)).toEqual({
      home: 1, away: 0, probability: 0.6, outcome: 'home_win',
    })
    expect([outcomeOf(0, 2), outcomeOf(2, 2)]).toEqual(['away_win', 'draw'])
  })
})
