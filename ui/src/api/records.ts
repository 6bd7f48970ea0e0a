/** What was forecast and simulated, and what was bet on paper: one typed function per endpoint. */
import { expectObject, expectPage } from './envelope'
import { get } from './request'
import type { Backtest, Backtests, ChancesHistory, Page, PaperLedger, SealedForecast, Simulation, ValueBets } from './types'

/** Sealed forecasts whose match is over, those sealed last first. */
export async function fetchVerified(cursor: string | null, limit: number, signal?: AbortSignal): Promise<Page<SealedForecast>> {
  return expectPage(await get('/predictions/history', { verified: true, limit, cursor }, signal)) as Page<SealedForecast>
}

/** `null` while no simulation of this season is kept. */
export async function fetchSimulation(league: string, season: string, signal?: AbortSignal): Promise<Simulation | null> {
  const { simulation } = expectObject(await get('/simulations', { league, season }, signal), 'simulation')
  if (simulation === null) return null
  return expectObject(simulation, 'teams', 'places', 'runs', 'as_of') as unknown as Simulation
}

export interface ChancesQuery {
  league: string
  season: string
  place: string
}

export async function fetchChances(query: ChancesQuery, signal?: AbortSignal): Promise<ChancesHistory> {
  const data = await get('/simulations/history', { ...query, limit: 200 }, signal)
  return expectObject(data, 'items', 'place') as unknown as ChancesHistory
}

export interface ValueBetsQuery {
  strategy?: string | null
  league?: string | null
  days: number
}

export async function fetchValueBets(query: ValueBetsQuery, signal?: AbortSignal): Promise<ValueBets> {
  const { strategy, league, days } = query
  const data = await get('/value-bets', { strategy, league, days }, signal)
  return expectObject(data, 'bets', 'strategy', 'notice') as unknown as ValueBets
}

export async function fetchPaper(limit: number, signal?: AbortSignal): Promise<PaperLedger> {
  return expectObject(await get('/paper', { limit }, signal), 'bets', 'strategies', 'notice') as unknown as PaperLedger
}

export async function fetchBacktests(limit: number, signal?: AbortSignal): Promise<Backtests> {
  return expectObject(await get('/backtests', { limit }, signal), 'items', 'notice') as unknown as Backtests
}

/** `id` may come from a link. */
export async function fetchBacktest(id: string, signal?: AbortSignal): Promise<Backtest> {
  const data = await get(`/backtests/${encodeURIComponent(id)}`, {}, signal)
  return expectObject(data, 'scorecards', 'refusals', 'notice') as unknown as Backtest
}
