/** Invented records: verified forecasts, simulated seasons, bets on paper. */
import { MODEL, TEAMS, generator, LEAGUES } from './mock-data.mjs'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const iso = (time) => new Date(time).toISOString().replace('.000Z', 'Z')

function rps([home, draw], happened) {
  const outcome = [happened === 'home_win' ? 1 : 0, happened === 'away_win' ? 0 : 1]
  return ((home - outcome[0]) ** 2 + (home + draw - outcome[1]) ** 2) / 2
}

function verification(shares, closing, score, kickoff) {
  const actual = score.home > score.away ? 'home_win' : score.home < score.away ? 'away_win' : 'draw'
  const index = ['home_win', 'draw', 'away_win'].indexOf(actual)
  const best = Math.max(...shares)
  const ours = rps(shares, actual)
  const line = closing && rps(closing, actual)
  return {
    actual_result: actual,
    score,
    is_correct: shares[index] === best,
    rps: ours,
    log_loss: -Math.log(shares[index]),
    brier: shares.reduce((sum, share, i) => sum + (share - (i === index ? 1 : 0)) ** 2, 0),
    ignorance: -Math.log2(shares[index]),
    closing: closing && {
      bookmaker: 'PS',
      home_win_prob: closing[0],
      draw_prob: closing[1],
      away_win_prob: closing[2],
      rps: line,
      log_loss: -Math.log(closing[index]),
      rps_difference: ours - line,
    },
    verified_at: iso(kickoff + 2 * HOUR),
  }
}

const normal = (shares) => {
  const total = shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => share / total)
}

/** Verified forecasts, those sealed last first; results come as the closing prices say. */
export function verifiedForecasts(count = 240) {
  const random = generator(41)
  const last = Date.UTC(2027, 4, 30, 15)
  return Array.from({ length: count }, (_, n) => {
    const league = n % 11 === 5 ? 2 : 0
    const [home, away] = [TEAMS[league][n % 10], TEAMS[league][(n * 3 + 1) % 10 === n % 10 ? (n + 1) % 10 : (n * 3 + 1) % 10]]
    const truth = normal([0.25 + random() * 0.6, 0.22 + random() * 0.1, 0.12 + random() * 0.5])
    const shares = normal(truth.map((share) => share * (0.85 + random() * 0.3)))
    const draw = random()
    const [h, d] = draw < truth[0] ? [1 + Math.floor(random() * 3), 0] : draw < truth[0] + truth[1] ? [1, 1] : [0, 2]
    const kickoff = last - n * 7 * HOUR
    const best = Math.max(...shares)
    return {
      id: 9000 - n,
      match_id: 500 + count - n,
      league: LEAGUES[league].code,
      season: '2026-27',
      home,
      away,
      kickoff: iso(kickoff),
      predicted_outcome: ['home_win', 'draw', 'away_win'][shares.indexOf(best)],
      home_win_prob: shares[0],
      draw_prob: shares[1],
      away_win_prob: shares[2],
      expected_goals: { home: 1.5, away: 1.2 },
      confidence: best,
      model: MODEL,
      as_of: iso(kickoff - HOUR),
      sealed_at: iso(kickoff - HOUR / 2),
      ledger: { sequence: count - n, previous_hash: 'a'.repeat(64), entry_hash: 'b'.repeat(64) },
      verification: verification(shares, n % 7 === 3 ? null : truth, { home: h, away: d }, kickoff),
    }
  })
}

const PLACES = [
  { name: 'title', from: 1, to: 1 },
  { name: 'champions_league', from: 1, to: 4 },
  { name: 'relegation', from: -3, to: -1 },
]
const NOW = Date.UTC(2027, 7, 12, 6)
const RUNS = 10_000

/** Shares of `RUNS` simulated seasons: final positions spread around where a team's points put it. */
function positionsOf(rank, teams, spread) {
  const shares = Array.from({ length: teams }, (_, at) => Math.exp(-(((at - rank) / spread) ** 2) / 2))
  const total = shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => Math.floor((share / total) * RUNS) / RUNS)
}

function simulationOf(league, season, index, weeksAgo) {
  const random = generator(7 + index * 100 + weeksAgo)
  const names = TEAMS[index]
  const teams = names
    .map((team, n) => {
      const rank = Math.min(names.length - 1, Math.max(0, n + (random() - 0.5) * (1 + weeksAgo / 2)))
      const positions = positionsOf(rank, names.length, 1.2 + weeksAgo * 0.15)
      const sum = (from, to) => positions.slice(from, to).reduce((all, share) => all + share, 0)
      return {
        team_id: index * 100 + n + 1,
        team,
        played: 20 - weeksAgo,
        points: Math.round((20 - weeksAgo) * (2.3 - rank / 10)),
        expected_points: 30 * (2.3 - rank / 10),
        points_deviation: 2 + weeksAgo * 0.3,
        positions,
        places: [sum(0, 1), sum(0, 4), sum(names.length - 3)],
      }
    })
    .sort((a, b) => b.expected_points - a.expected_points)
  return {
    league,
    season,
    as_of: iso(NOW - weeksAgo * 7 * DAY),
    model: MODEL,
    runs: RUNS,
    draws: 100,
    played: (20 - weeksAgo) * (names.length / 2),
    to_come: (10 + weeksAgo) * (names.length / 2),
    assumed: index === 1 ? 3 : 0,
    rules_known: index === 0,
    standard_error: 0.012,
    places: PLACES,
    teams,
  }
}

/** The simulations that are kept of a season, the latest first: twelve, one, or none, by league. */
export function simulations(league, season) {
  const index = LEAGUES.findIndex(({ code }) => code === league)
  const kept = [12, 1, 0][index] ?? 0
  return Array.from({ length: kept }, (_, weeksAgo) => simulationOf(league, season, index, weeksAgo))
}

export function chances(league, season, place) {
  const at = PLACES.findIndex(({ name }) => name === place)
  const items = simulations(league, season).map(({ as_of, model, teams }) => ({
    as_of,
    model,
    teams: teams.map(({ team_id, team, expected_points, places }) => ({ team_id, team, expected_points, probability: places[at] })),
  }))
  return { league, season, place, items: at < 0 ? [] : items }
}

const NOTICE = 'Most strategies lose money. Stake nothing that you cannot afford to lose.'
const MARKETS = [
  { market: '1x2', selection: 'home', line: null },
  { market: '1x2', selection: 'draw', line: null },
  { market: 'over_under', selection: 'over', line: 2.5 },
  { market: 'asian_handicap', selection: 'away', line: -0.25 },
  { market: 'both_teams_score', selection: 'no', line: null },
]

export function valueBets(matches, strategy, days, league) {
  const wanted = matches.filter((match) => match.prediction && (!league || match.league.code === league)).slice(0, days * 2)
  const bets = wanted.filter((_, n) => n % 3 === 0).map((match, n) => {
    const probability = 0.3 + (n % 4) * 0.07
    const odds = Math.round((1.04 + (n % 3) * 0.03) / probability * 100) / 100
    return {
      match_id: match.id,
      league: match.league.code,
      home: match.home.name,
      away: match.away.name,
      kickoff: match.kickoff,
      kickoff_precision: match.kickoff_precision,
      ...MARKETS[n % MARKETS.length],
      bookmaker: 'B365',
      odds,
      price_known_at: iso(NOW - (n + 1) * 40 * 60_000),
      price_age_seconds: (n + 1) * 2400,
      price_imputed: n % 4 === 1,
      model: `${MODEL.name} ${MODEL.version}`,
      staleness: ['fresh', 'ageing', 'stale'][n % 3],
      probability,
      fair_odds: 1 / probability,
      market_probability: n % 5 === 4 ? null : probability - 0.02,
      edge: probability * odds - 1,
      stake: 10,
      reason: `the forecast gives ${(probability * 100).toFixed(1)}%, and ${odds} is more than fair`,
    }
  })
  return {
    as_of: iso(NOW),
    strategy,
    about: 'One unit on every outcome whose price is better than fair by at least 3%.',
    models: [`${MODEL.name} ${MODEL.version}`],
    mode: 'real',
    mode_reason: null,
    forecast_as_of: iso(NOW),
    days,
    matches: wanted.length,
    priced: wanted.length - 1,
    bets,
    notice: NOTICE,
  }
}

export function paper(limit, count = 60) {
  const random = generator(3)
  const bets = Array.from({ length: count }, (_, n) => {
    const open = n < 4
    const won = random() < 0.4
    const odds = 2.1 + (n % 5) * 0.2
    const returned = n === 6
    return {
      sequence: count - n,
      placed_at: iso(NOW - (n + 1) * 9 * HOUR),
      match_id: 400 - n,
      league: 'MER1',
      home: TEAMS[0][n % 8],
      away: TEAMS[0][8 + (n % 8)],
      kickoff: iso(NOW - (n + 1) * 9 * HOUR + 6 * HOUR),
      strategy: n % 2 ? 'value-flat' : 'value-1x2',
      ...MARKETS[n % MARKETS.length],
      bookmaker: 'B365',
      odds,
      probability: 0.45,
      stake: 10,
      settled_at: open ? null : iso(NOW - n * 8 * HOUR),
      profit: open ? null : returned ? 0 : won ? 10 * (odds - 1) : -10,
      returned,
      closing_line_value: open || n % 9 === 5 ? null : random() * 0.08 - 0.04,
    }
  })
  const total = (strategy) => {
    const own = bets.filter((bet) => bet.strategy === strategy)
    const settled = own.filter((bet) => bet.settled_at)
    const staked = settled.reduce((sum, bet) => sum + bet.stake, 0)
    const profit = settled.reduce((sum, bet) => sum + bet.profit, 0)
    return {
      strategy,
      bets: own.length,
      open: own.length - settled.length,
      staked,
      profit,
      yield_on_stakes: staked > 0 ? profit / staked : null,
      closing_line_value: -0.004,
    }
  }
  return { bets: bets.slice(0, limit), strategies: count ? ['value-1x2', 'value-flat'].map(total) : [], notice: NOTICE }
}

const interval = (estimate, width) => ({ estimate, low: estimate - width, high: estimate + width, level: 0.95 })

function scorecard(name, onStakes, verdict, bets = 640) {
  return {
    name,
    about: `What ${name} does.`,
    bets,
    days: 180,
    staked: bets * 10,
    profit: bets * 10 * onStakes,
    yield_on_stakes: interval(onStakes, 0.06),
    closing_line_value: name === 'closing-line' ? null : interval(onStakes / 3, 0.01),
    expected_yield: 0.08,
    confidence: 0.74,
    mean_odds: 2.9,
    imputed: 1,
    start: 1000,
    end: 1000 + bets * 10 * onStakes,
    max_drawdown: 0.27,
    ruin: 0.04,
    not_placed: 12,
    verdict,
    words: `${verdict.replaceAll('_', ' ')} after ${bets} bets`,
  }
}

function backtestEntry(id) {
  return {
    id,
    made_at: iso(NOW - (4 - id) * 24 * HOUR),
    from: '2025-08-01',
    to: '2027-06-30',
    leagues: ['MER1', 'NOR1'],
    matches: 1312,
    forecaster: 'touchline',
    simulated: false,
    strategies: 3,
    refused: 1,
    tried: 4,
    best: {
      name: 'value-1x2',
      bets: 640,
      yield_on_stakes: interval(0.021, 0.06),
      closing_line_value: interval(0.007, 0.01),
      reality_check: 0.43,
      verdict: 'no_evidence',
      words: 'no evidence of profit after 640 bets',
    },
  }
}

export function backtests(count) {
  const items = Array.from({ length: count }, (_, n) => backtestEntry(count - n))
  return { items, next_before: null, notice: NOTICE }
}

export function backtest(id) {
  return {
    ...backtestEntry(id),
    priced: 1300,
    refit_days: 365,
    forecast_lead_minutes: 60,
    scorecards: [scorecard('value-flat', -0.071, 'loss', 910), scorecard('value-1x2', 0.021, 'no_evidence'), scorecard('draws', -0.012, 'no_evidence', 1290)],
    refusals: [{ name: 'closing-line', reason: 'it bets by closing prices before they are known; decide later' }],
    luck: { tried: 4, best: 'value-1x2', reality_check: 0.43, superior_predictive_ability: 0.51, sharpe_ratio: 0.02, expected_best: 0.05, deflated: 0.3 },
    detail: { strategy: 'value-1x2', equity: [], parts: [] },
    notice: NOTICE,
  }
}
