/** Prepares a score grid for drawing: the part worth looking at, cell by cell. */
import type { Outcome, ScoreGrid } from '../api/types'

export interface Cell {
  home: number
  away: number
  probability: number
  outcome: Outcome
}

export interface GridView {
  /** Goals shown are 0..=homeGoals down and 0..=awayGoals across. */
  homeGoals: number
  awayGoals: number
  cells: Cell[]
  /** The most probable shown cell's probability: the top of the colour scale. */
  peak: number
  /** Probability outside the shown part, so that what is hidden is said. */
  remainder: number
}

/** Scores beyond the shown part hold less than this together, where the grid allows. */
const HIDDEN_AT_MOST = 0.015
const FEWEST_GOALS = 4
const MOST_GOALS = 8

export function outcomeOf(home: number, away: number): Outcome {
  if (home > away) return 'home_win'
  return home < away ? 'away_win' : 'draw'
}

/** Cuts the grid to a rectangle from 0-0 that hides little, growing the side that gains more at each step. */
export function viewGrid(grid: ScoreGrid): GridView {
  const rows = grid.probabilities
  const at = (home: number, away: number) => rows[home]?.[away] ?? 0
  const last = Math.max(0, Math.min(grid.max_goals, rows.length - 1))
  const most = Math.min(last, MOST_GOALS)
  let homeGoals = Math.min(last, FEWEST_GOALS)
  let awayGoals = homeGoals

  const row = (home: number) => sum(awayGoals, (away) => at(home, away))
  const column = (away: number) => sum(homeGoals, (home) => at(home, away))
  let shown = sum(homeGoals, row)
  while (1 - shown > HIDDEN_AT_MOST && (homeGoals < most || awayGoals < most)) {
    const gainHome = homeGoals < most ? row(homeGoals + 1) : -1
    const gainAway = awayGoals < most ? column(awayGoals + 1) : -1
    if (gainHome >= gainAway) homeGoals++
    else awayGoals++
    shown += Math.max(gainHome, gainAway)
  }

  const cells: Cell[] = []
  for (let home = 0; home <= homeGoals; home++) {
    for (let away = 0; away <= awayGoals; away++) {
      cells.push({ home, away, probability: at(home, away), outcome: outcomeOf(home, away) })
    }
  }
  const peak = cells.reduce((max, cell) => Math.max(max, cell.probability), 0)
  return { homeGoals, awayGoals, cells, peak, remainder: Math.max(0, 1 - shown) }
}

function sum(upTo: number, term: (goals: number) => number): number {
  let total = 0
  for (let goals = 0; goals <= upTo; goals++) total += term(goals)
  return total
}
