/** Invented clubs and forecasts, the same in every run: what the page is developed and tested against. */

export const LEAGUES = [
  { code: 'MER1', name: 'Meridian Premier', country: 'Meridia', level: 1 },
  { code: 'MER2', name: 'Meridian Second Division', country: 'Meridia', level: 2 },
  { code: 'OST1', name: 'Ostvale Superliga of the Eastern Provinces', country: 'Ostvale', level: 1 },
]

export const TEAMS = [
  [
    'Northbridge Athletic', 'Harrowmere', 'Kestrel Park Rovers', 'Saltwick Town', 'Ironford United', 'Windle Moor',
    'Eastholme Wanderers', 'Pellbrook', 'Copperfield Albion', 'Thornaby Vale', 'Marlow Quay', 'Greyhaven City',
    'Aldersyke-on-the-Water Athletic & Social Football Club', 'Fennick', 'Rookhope Rangers', 'Dunmere County',
  ],
  [
    'Castle Arden', 'Lower Quill', 'Bramblewick', 'Oxmoor Victoria', 'Tarn Hollow', 'Southmarsh Miners',
    'Velden Cross', 'Halfpenny Bridge', 'Stonecroft', 'Larkhill Town', 'Mosswater United', 'Underby',
  ],
  [
    'Sportverein Grünwälder Straßenbahn', 'Łąka Wielka', 'Ørnefjord IF', 'Zlatý Potok', 'Königsau 09', 'Brzozowa Góra',
    'Sankt Hedwig am Hohen Ufer Turn- und Sportgemeinschaft', 'Ny Ålesmark', 'Vitória do Vale', 'Ružomlyn',
  ],
]

/** A small linear congruential generator: the page must look the same in every run. */
export function generator(seed) {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const MAX_GOALS = 10

function poisson(mean) {
  const row = [Math.exp(-mean)]
  for (let k = 1; k <= MAX_GOALS; k++) row.push((row[k - 1] * mean) / k)
  return row
}

function scoreGrid(home, away) {
  const [h, a] = [poisson(home), poisson(away)]
  const cells = h.map((x) => a.map((y) => x * y))
  const total = cells.flat().reduce((sum, p) => sum + p, 0)
  return cells.map((row) => row.map((p) => p / total))
}

function sumWhere(grid, wanted) {
  return grid.reduce((sum, row, h) => sum + row.reduce((s, p, a) => s + (wanted(h, a) ? p : 0), 0), 0)
}

function summaryOf(grid, goals, mode) {
  const home = sumWhere(grid, (h, a) => h > a)
  const draw = sumWhere(grid, (h, a) => h === a)
  const away = 1 - home - draw
  const best = Math.max(home, draw, away)
  const outcome = best === home ? 'home_win' : best === draw ? 'draw' : 'away_win'
  return {
    home_win_prob: home,
    draw_prob: draw,
    away_win_prob: away,
    predicted_outcome: outcome,
    expected_goals: goals,
    mode,
  }
}

export const MODEL = { name: 'dixon-coles', version: '3', view: 'none' }

/** The forecast of a match; by the model that sees no prices the home side scores a little more. */
export function forecastOf(match, view = 'pre-match') {
  const { home, away } = match.prediction.expected_goals
  const goals = view === 'none' ? { home: home + 0.4, away } : { home, away }
  const grid = scoreGrid(goals.home, goals.away)
  const under = (line) => sumWhere(grid, (h, a) => h + a < line)
  const yes = sumWhere(grid, (h, a) => h > 0 && a > 0)
  const scores = grid
    .flatMap((row, home) => row.map((probability, away) => ({ home, away, probability })))
    .sort((x, y) => y.probability - x.probability)
    .slice(0, 10)
  const { mode } = match.prediction
  const summary = view === 'none' ? summaryOf(grid, goals, mode) : match.prediction
  return {
    match_id: match.id,
    prediction: summary.predicted_outcome,
    ...summary,
    markets: {
      over_under: [1.5, 2.5, 3.5].map((line) => ({ line, over: 1 - under(line), under: under(line) })),
      both_teams_to_score: { yes, no: 1 - yes },
      correct_scores: scores,
    },
    score_grid: { max_goals: MAX_GOALS, probabilities: grid },
    score_grid_reason: null,
    confidence: Math.max(summary.home_win_prob, summary.draw_prob, summary.away_win_prob),
    model: { ...MODEL, view },
    views: ['pre-match', 'none'],
    mock_reason: summary.mode === 'mock' ? 'no model has been trained for this league' : null,
    as_of: '2027-08-12T06:00:00Z',
    experiment: null,
    success: true,
  }
}

const FIRST_DAY = Date.UTC(2027, 7, 13)
const DAY = 86_400_000

/** The league's matchdays by the circle method: one every three days. */
function leagueMatches(index, firstId, random) {
  const teams = TEAMS[index].map((name, i) => ({ id: index * 100 + i + 1, name }))
  const strength = teams.map(() => 0.7 + random() * 1.1)
  const matches = []
  for (let round = 0; round < 6; round++) {
    const [fixed, ...rest] = teams.map((_, i) => i)
    const order = [fixed, ...rest.slice(round), ...rest.slice(0, round)]
    for (let pair = 0; pair < order.length / 2; pair++) {
      const [x, y] = [order[pair], order[order.length - 1 - pair]]
      const [home, away] = round % 2 === 0 ? [x, y] : [y, x]
      const dayOnly = index === 2 && round === 1
      const minutes = dayOnly ? 0 : [12 * 60 + 30, 15 * 60, 15 * 60, 17 * 60 + 30, 19 * 60 + 45][Math.floor(random() * 5)]
      const goals = {
        home: Math.round((1.45 * strength[home]) / strength[away] * 100) / 100,
        away: Math.round((1.15 * strength[away]) / strength[home] * 100) / 100,
      }
      const { code, name, country } = LEAGUES[index]
      matches.push({
        id: firstId + matches.length,
        league: { id: index + 1, code, name, country },
        season: '2027-28',
        kickoff: new Date(FIRST_DAY + round * 3 * DAY + minutes * 60_000).toISOString().replace('.000Z', 'Z'),
        kickoff_precision: dayOnly ? 'day' : 'minute',
        status: 'scheduled',
        home: teams[home],
        away: teams[away],
        score: null,
        half_time: null,
        prediction: summaryOf(scoreGrid(goals.home, goals.away), goals, 'real'),
      })
    }
  }
  return matches
}

function setGoals(match, home, away, mode = 'real') {
  const goals = { home, away }
  match.prediction = summaryOf(scoreGrid(home, away), goals, mode)
}

/** Every upcoming match in kick-off order, with the awkward cases near the top. */
export function upcomingMatches() {
  const random = generator(20270813)
  const matches = LEAGUES.flatMap((_, index) => leagueMatches(index, 1001 + index * 1000, random)).sort(
    (a, b) => a.kickoff.localeCompare(b.kickoff) || a.id - b.id,
  )
  setGoals(matches[1], 4.6, 0.28)
  setGoals(matches[3], 1.1, 1.1, 'fallback')
  setGoals(matches[4], 1.45, 1.15, 'mock')
  matches[6].prediction = null
  return matches
}

export function leagues(matches) {
  return LEAGUES.map((league, index) => ({
    id: index + 1,
    ...league,
    kind: 'league',
    matches: matches.filter((match) => match.league.code === league.code).length,
    teams: TEAMS[index].length,
  }))
}

export const MODEL_INFO = {
  ...MODEL,
  trained_at: '2027-08-12T05:41:09Z',
  trained_until: '2027-08-11T23:59:59Z',
  rows: 41_872,
  features: 64,
  simulated: true,
  metrics: {
    rps: 0.2043,
    rps_se: 0.0019,
    log_loss: 0.9874,
    brier: 0.5861,
    accuracy: 0.523,
    calibration_error: 0.0121,
    matches: 3420,
    window: '2026-08-01 – 2027-05-31',
  },
}

/** What a forecast is made of, invented alike for every match. */
export function explanationOf(id) {
  const moved = (home_win, draw) => ({ home_win, draw, away_win: -home_win - draw })
  const chances = (home_win_prob, draw_prob) => ({ home_win_prob, draw_prob, away_win_prob: 1 - home_win_prob - draw_prob })
  const group = (family, title, points) => ({ family, title, points, text: `${title}: home win ${points.home_win} points` })
  return {
    match_id: id,
    model: MODEL,
    mode: 'real',
    as_of: '2027-08-12T06:00:00Z',
    forecast: chances(0.512, 0.25),
    entropy: 1.48,
    start: chances(0.451, 0.268),
    calibration: moved(-0.3, 0.1),
    groups: [
      group('form', 'recent form', moved(6.2, -1.9)),
      group('schedule', 'rest and schedule', moved(-1.4, 0.3)),
      group('counts', 'shots, corners and cards', moved(1.6, -0.3)),
    ],
    factors: [
      {
        feature: 'home_points_5',
        family: 'form',
        about: 'Points of the last five matches',
        unit: 'points',
        value: 12,
        points: moved(4.2, -1.2),
        without: chances(0.47, 0.262),
        text: 'home points 5 is 12 (points): home win +4.2 points',
      },
    ],
    other_factors: 41,
    others: moved(2.2, -0.7),
    similar: {
      matches: [
        {
          match_id: 3,
          kickoff: '2025-10-04T14:00:00Z',
          league: 'MER1',
          home: 'Pellbrook',
          away: 'Oxmoor',
          score: { home: 2, away: 1 },
          distance: 0.04,
        },
      ],
      counted: 100,
      home_wins: 47,
      draws: 27,
      away_wins: 26,
    },
  }
}
