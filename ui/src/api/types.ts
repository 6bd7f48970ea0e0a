/** The shapes of `/api/v1` that this page reads. Probabilities are in [0, 1]; times are ISO 8601 in UTC. */

export type Outcome = 'home_win' | 'draw' | 'away_win'

/** `real`: the promoted model; `fallback`: a simpler model stood in; `mock`: placeholder numbers, never a forecast. */
export type Mode = 'real' | 'fallback' | 'mock'

export interface League {
  id: number
  code: string
  name: string
  country: string
  level: number
  matches: number
  teams: number
}

export interface TeamRef {
  id: number
  name: string
}

export interface Goals {
  home: number
  away: number
}

export interface ForecastSummary {
  home_win_prob: number
  draw_prob: number
  away_win_prob: number
  predicted_outcome: Outcome
  expected_goals: Goals
  mode: Mode
}

export interface Match {
  id: number
  league: Pick<League, 'id' | 'code' | 'name' | 'country'>
  season: string
  kickoff: string
  /** `day`: the source gives only a date; the time part of `kickoff` means nothing. */
  kickoff_precision: 'minute' | 'day'
  status: string
  home: TeamRef
  away: TeamRef
  score: Goals | null
  half_time: Goals | null
  prediction: ForecastSummary | null
}

export interface OverUnder {
  line: number
  over: number
  under: number
}

export interface CorrectScore {
  home: number
  away: number
  probability: number
}

/** `probabilities[h][a]` is the probability of h home goals and a away goals, each 0..=max_goals. */
export interface ScoreGrid {
  max_goals: number
  probabilities: number[][]
}

export interface Markets {
  over_under: OverUnder[]
  both_teams_to_score: { yes: number; no: number }
  correct_scores: CorrectScore[]
}

export interface Forecast extends ForecastSummary {
  match_id: number
  prediction: string
  /** `null` together with the grid: the forecast was sealed before grids were kept. */
  markets: Markets | null
  score_grid: ScoreGrid | null
  score_grid_reason: string | null
  confidence: number
  model: { name: string; version: string }
  mock_reason: string | null
  as_of: string
}

export interface Metrics {
  rps: number
  rps_se: number
  log_loss: number
  brier: number
  accuracy: number
  calibration_error: number
  matches: number
  window: string
}

export interface ModelInfo {
  name: string
  version: string
  trained_at: string
  trained_until: string
  rows: number
  features: number
  simulated: boolean
  metrics: Metrics | null
}

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}
