/** Prepares a score grid for drawing: the part worth looking at, cell by cell. */
import type { Outcome, ScoreGrid } from '../api/types'

export interface Cell {
  home: number
  away: number
  probability: number
  outcome: Outcome
}

export interface GridView {
  /** Goals shown on both axes are 0..=goals. */
  goals: number
  cells: Cell[]
  /** The most probable shown cell's probability: the top of the colour scale. */
  peak: number
  /** Probability outside the shown square, so that what is hidden is said. */
  remainder: number
}

/** Scores beyond the square hold less than this together, where the grid allows. */
const HIDDEN_AT_MOST = 0.015
const FEWEST_GOALS = 4
const MOST_GOALS = 8

export function outcomeOf(home: number, away: number): Outcome {
  if (home > away) return 'home_win'
  return home < away ? 'away_win' : 'draw'
}

function massWithin(rows: readonly (readonly number[])[], goals: number): number {
  let mass = 0
  for (let home = 0; home <= goals; home++) {
    for (let away = 0; away <= goals; away++) mass += rows[home]?.[away] ?? 0
  }
  return mass
}

/** Cuts the grid to the smallest square from 0-0 that hides little. */
export function viewGrid(grid: ScoreGrid): GridView {
  const rows = grid.probabilities
  const last = Math.max(0, Math.min(grid.max_goals, rows.length - 1))
  let goals = Math.min(last, FEWEST_GOALS)
  while (goals < Math.min(last, MOST_GOALS) && 1 - massWithin(rows, goals) > HIDDEN_AT_MOST) goals++

  const cells: Cell[] = []
  for (let home = 0; home <= goals; home++) {
    for (let away = 0; away <= goals; away++) {
      cells.push({ home, away, probability: rows[home]?.[away] ?? 0, outcome: outcomeOf(home, away) })
    }
  }
  const peak = cells.reduce((max, cell) => Math.max(max, cell.probability), 0)
  return { goals, cells, peak, remainder: Math.max(0, 1 - massWithin(rows, goals)) }
}
