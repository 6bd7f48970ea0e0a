/** One typed function per endpoint. All reject with [`ApiError`], except for a caller's own abort. */
import { ApiError, expectObject, expectPage, openEnvelope } from './envelope'
import type { Forecast, League, Match, ModelInfo, Page } from './types'

const BASE = '/api/v1'
const TIMEOUT_MS = 20_000

type Query = Record<string, string | number | null | undefined>

function withQuery(path: string, query: Query): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') params.set(key, String(value))
  }
  const text = params.toString()
  return text === '' ? BASE + path : `${BASE}${path}?${text}`
}

async function get(path: string, query: Query, signal?: AbortSignal): Promise<unknown> {
  const own = new AbortController()
  const forward = () => own.abort()
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    own.abort()
  }, TIMEOUT_MS)
  if (signal?.aborted) own.abort()
  signal?.addEventListener('abort', forward)
  try {
    const response = await fetch(withQuery(path, query), {
      headers: { accept: 'application/json' },
      signal: own.signal,
    })
    const text = await response.text()
    return openEnvelope(response.status, parse(text, response.status))
  } catch (error) {
    if (error instanceof ApiError) throw error
    if (signal?.aborted) throw error
    if (timedOut) throw new ApiError('timeout', `no answer within ${TIMEOUT_MS / 1000} s`)
    throw new ApiError('network', error instanceof Error ? error.message : String(error))
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', forward)
  }
}

function parse(text: string, status: number): unknown {
  try {
    return JSON.parse(text)
  } catch {
    if (status >= 200 && status < 300) throw new ApiError('malformed', 'the answer is not JSON', status)
    return null
  }
}

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

export async function fetchMatch(id: number, signal?: AbortSignal): Promise<Match> {
  const data = expectObject(await get(`/matches/${id}`, {}, signal), 'id', 'home', 'away', 'kickoff')
  return data as unknown as Match
}

export async function fetchForecast(matchId: number, signal?: AbortSignal): Promise<Forecast> {
  const data = await get(`/predictions/${matchId}`, {}, signal)
  const fields = ['home_win_prob', 'draw_prob', 'away_win_prob', 'expected_goals', 'markets', 'score_grid', 'mode']
  return expectObject(data, ...fields) as unknown as Forecast
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
