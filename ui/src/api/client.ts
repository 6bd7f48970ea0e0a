/** Matches, forecasts and the model: one typed function per endpoint, with the rejections of [`get`]. */
import { ApiError, expectObject, expectPage } from './envelope'
import { get } from './request'
import type { Explanation, Forecast, League, Match, ModelInfo, Page, View, Weather } from './types'

export async function fetchLeagues(signal?: AbortSignal): Promise<Page<League>> {
  return expectPage(await get('/leagues', {}, signal)) as Page<League>
}

export interface UpcomingQuery {
  league?: string | null
  cursor?: string | null
  limit?: number
  /** The first day, as YYYY-MM-DD in UTC: matches that were never played stay scheduled in the past. */
  from?: string
}

export async function fetchUpcoming(query: UpcomingQuery, signal?: AbortSignal): Promise<Page<Match>> {
  const { league, cursor, limit = 50, from = new Date().toISOString().slice(0, 10) } = query
  const filters = { status: 'scheduled', from, league, limit, cursor, include: 'prediction' }
  const data = await get('/matches', filters, signal)
  return expectPage(data) as Page<Match>
}

export interface SeasonBounds {
  /** The season of the first match that is stored; `null` without any. */
  earliest: string | null
  /** The season of the next match to come; `null` where none is known. */
  upcoming: string | null
}

export async function fetchSeasonBounds(league: string, signal?: AbortSignal): Promise<SeasonBounds> {
  const [first, next] = await Promise.all([
    get('/matches', { league, limit: 1 }, signal),
    get('/matches', { league, limit: 1, status: 'scheduled', from: new Date().toISOString().slice(0, 10) }, signal),
  ])
  const seasonOf = (data: unknown) => (expectPage(data).items as Match[])[0]?.season ?? null
  return { earliest: seasonOf(first), upcoming: seasonOf(next) }
}

export async function fetchMatch(id: number, signal?: AbortSignal): Promise<Match> {
  const data = expectObject(await get(`/matches/${id}`, {}, signal), 'id', 'home', 'away', 'kickoff')
  return data as unknown as Match
}

/** The forecast of a match by the model that knows most of it, or by the one with a view of prices. */
export async function fetchForecast(matchId: number, view: View | null, signal?: AbortSignal): Promise<Forecast> {
  const data = await get(`/predictions/${matchId}`, view === null ? {} : { view }, signal)
  const fields = ['home_win_prob', 'draw_prob', 'away_win_prob', 'expected_goals', 'markets', 'score_grid', 'mode']
  return expectObject(data, ...fields) as unknown as Forecast
}

/** What a forecast is made of, with the features that moved it most. */
export async function fetchExplanation(matchId: number, limit: number, signal?: AbortSignal): Promise<Explanation> {
  const data = await get(`/predictions/${matchId}/explanation`, { limit }, signal)
  return expectObject(data, 'start', 'groups', 'factors', 'forecast') as unknown as Explanation
}

/** What was known of the weather at the ground last; `null` where nothing was. */
export async function fetchWeather(matchId: number, signal?: AbortSignal): Promise<Weather | null> {
  const items = expectPage(await get(`/matches/${matchId}/weather`, {}, signal)).items as Weather[]
  return items[items.length - 1] ?? null
}

/** `null` when no model has been trained yet: an expected state of a new installation, not a failure. */
export async function fetchModelInfo(signal?: AbortSignal): Promise<ModelInfo | null> {
  try {
    const data = await get('/models/info', {}, signal)
    return expectObject(data, 'name', 'version', 'simulated') as unknown as ModelInfo
  } catch (error) {
    if (error instanceof ApiError && error.notFound) return null
    throw error
  }
}
