/** Invented data and a stand-in for `fetch`, for tests. */
import { vi } from 'vitest'
import type { Forecast, Match, ModelInfo, SealedForecast } from './api/types'

export function aMatch(over: Partial<Match> = {}): Match {
  return {
    id: 1,
    league: { id: 1, code: 'MER1', name: 'Meridian Premier', country: 'Meridia' },
    season: '2027-28',
    kickoff: '2027-08-14T14:00:00Z',
    kickoff_precision: 'minute',
    status: 'scheduled',
    home: { id: 1, name: 'Pellbrook' },
    away: { id: 2, name: 'Fennick' },
    score: null,
    half_time: null,
    after_extra_time: null,
    shootout: null,
    neutral_ground: false,
    stage: null,
    round: null,
    group: null,
    tie_leg: null,
    prediction: {
      home_win_prob: 0.5,
      draw_prob: 0.3,
      away_win_prob: 0.2,
      predicted_outcome: 'home_win',
      expected_goals: { home: 1.62, away: 0.94 },
      mode: 'real',
    },
    ...over,
  }
}

export function aForecast(over: Partial<Forecast> = {}): Forecast {
  return {
    ...aMatch().prediction!,
    match_id: 1,
    prediction: 'home_win',
    markets: {
      over_under: [{ line: 2.5, over: 0.47, under: 0.53 }],
      both_teams_to_score: { yes: 0.49, no: 0.51 },
      correct_scores: [
        { home: 0, away: 0, probability: 0.3 },
        { home: 1, away: 0, probability: 0.5 },
      ],
    },
    score_grid: { max_goals: 1, probabilities: [[0.3, 0.2], [0.5, 0]] },
    score_grid_reason: null,
    confidence: 0.5,
    model: { name: 'dixon-coles', version: '3', view: 'none' },
    views: ['none'],
    mock_reason: null,
    as_of: '2027-08-12T06:00:00Z',
    sealed: false,
    sealed_at: null,
    experiment: null,
    success: true,
    ...over,
  }
}

export function aModel(over: Partial<ModelInfo> = {}): ModelInfo {
  return {
    name: 'dixon-coles',
    version: '3',
    trained_at: '2027-08-12T05:41:09Z',
    trained_until: '2027-08-11T23:59:59Z',
    rows: 41872,
    features: 64,
    simulated: false,
    metrics: {
      rps: 0.20434,
      rps_se: 0.00192,
      log_loss: 0.98,
      brier: 0.58,
      accuracy: 0.523,
      calibration_error: 0.012,
      matches: 3420,
      window: '2026-08-01 – 2027-05-31',
    },
    ...over,
  }
}

/** A sealed forecast of a match that ended 1–0; `line` is the score of the closing prices, if any are held. */
export function aSealed(
  over: Partial<SealedForecast> = {},
  { rps = 0.145, right = true, line = null as number | null } = {},
): SealedForecast {
  const closing = line === null ? null : {
    bookmaker: 'PS',
    home_win_prob: 0.48,
    draw_prob: 0.29,
    away_win_prob: 0.23,
    rps: line,
    log_loss: 0.73,
    rps_difference: rps - line,
  }
  return {
    id: 1,
    match_id: 1,
    league: 'MER1',
    season: '2026-27',
    home: 'Pellbrook',
    away: 'Fennick',
    kickoff: '2027-05-01T14:00:00Z',
    predicted_outcome: 'home_win',
    home_win_prob: 0.5,
    draw_prob: 0.3,
    away_win_prob: 0.2,
    expected_goals: { home: 1.62, away: 0.94 },
    confidence: 0.5,
    model: { name: 'dixon-coles', version: '3', view: 'none' },
    as_of: '2027-05-01T13:29:00Z',
    sealed_at: '2027-05-01T13:30:00Z',
    ledger: { sequence: 41, previous_hash: 'aa', entry_hash: 'bb' },
    verification: {
      actual_result: right ? 'home_win' : 'away_win',
      score: right ? { home: 1, away: 0 } : { home: 0, away: 2 },
      is_correct: right,
      rps,
      log_loss: 0.69,
      brier: 0.38,
      ignorance: 1,
      closing,
      verified_at: '2027-05-01T16:10:00Z',
    },
    ...over,
  }
}

type Reply = { status?: number; body: unknown }

export const ok = (data: unknown): Reply => ({
  body: { success: true, data, message: 'ok', timestamp: '2027-08-12T06:00:00Z' },
})

export const refused = (status: number, code: string, message: string): Reply => ({
  status,
  body: { success: false, data: null, message, error: { code, message, details: { hint: 'x' } }, timestamp: '' },
})

/** Replaces `fetch`; `route` answers each URL, a string body being sent as it is. Returns the URLs asked for. */
export function serve(route: (url: string, init?: RequestInit) => Reply | Promise<Reply>): string[] {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
    asked.push(url)
    const { status = 200, body } = await route(url, init)
    if (init?.signal?.aborted) throw new DOMException('aborted', 'AbortError')
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })
  })
  return asked
}
