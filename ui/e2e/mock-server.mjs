/**
 * A stand-in for `touchline serve`: the REST answers the page reads, plus the built page when there is one.
 *
 * `node e2e/mock-server.mjs` serves on TOUCHLINE_MOCK_PORT (4174), for `npm run dev` and for looking at the page.
 * TOUCHLINE_MOCK_SCENARIO: normal | empty | few | failing | untrained.
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MODEL_INFO, explanationOf, forecastOf, leagues, upcomingMatches } from './mock-data.mjs'
import { operations } from './mock-operations.mjs'
import { backtest, backtests, chances, paper, simulations, valueBets, verifiedForecasts } from './mock-records.mjs'

const DIST = fileURLToPath(new URL('../dist/', import.meta.url))
const NOW = '2027-08-12T06:00:00Z'

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

function found(data) {
  return { status: 200, body: { success: true, data, message: 'ok', timestamp: NOW } }
}

function failed(status, code, message) {
  const error = { code, message, details: null }
  return { status, body: { success: false, data: null, message, error, timestamp: NOW } }
}

function page(all, query) {
  const limit = Math.min(Number(query.get('limit') ?? 50), 200)
  const start = query.has('cursor') ? Number(Buffer.from(query.get('cursor'), 'base64url').toString()) : 0
  const end = start + limit
  return {
    items: all.slice(start, end),
    next_cursor: end < all.length ? Buffer.from(String(end)).toString('base64url') : null,
  }
}

const BROKEN = failed(503, 'store_unavailable', 'the database is locked by another process')
const FORECASTS = { empty: 0, few: 12 }

/** Answers of which none depends on another, by path. */
const RECORDS = {
  '/api/v1/predictions/history': (query, scenario) => found(page(verifiedForecasts(FORECASTS[scenario] ?? 240), query)),
  '/api/v1/simulations': (query, scenario) => {
    const kept = scenario === 'empty' ? [] : simulations(query.get('league'), query.get('season'))
    return found({ simulation: kept[0] ?? null, seasons: [] })
  },
  '/api/v1/simulations/history': (query) => found(chances(query.get('league'), query.get('season'), query.get('place') ?? 'title')),
  '/api/v1/value-bets': (query, scenario) => {
    if (scenario === 'empty') return failed(409, 'no_forecasts', 'there are no forecasts to bet on; train a model with `touchline train`')
    const strategy = query.get('strategy') ?? 'value-flat'
    if (strategy === 'none') return failed(404, 'no_strategy', 'there is no strategy none; `touchline strategies list` names them')
    return found(valueBets(upcomingMatches(), strategy, Number(query.get('days') ?? 7), query.get('league')))
  },
  '/api/v1/backtests': (query, scenario) => found(backtests(scenario === 'empty' ? 0 : 3)),
  '/api/v1/paper': (query, scenario) => found(paper(Number(query.get('limit') ?? 50), scenario === 'empty' ? 0 : 60)),
}

/** The answer to one API request; `scenario` chooses the state of the installation. */
export function answer(url, scenario = 'normal') {
  const { pathname, searchParams } = new URL(url, 'http://mock')
  const matches = scenario === 'empty' ? [] : upcomingMatches()
  if (pathname === '/api/v1/models/info') {
    const none = scenario === 'untrained' || scenario === 'empty'
    return none ? failed(404, 'no_model', 'no model has been trained yet') : found(MODEL_INFO)
  }
  if (pathname.endsWith('/explanation')) return found(explanationOf(Number(pathname.split('/')[4])))
  if (pathname.endsWith('/weather')) {
    const weather = { source: 'open-meteo', kind: 'forecast', at: NOW, temperature: 11.5, wind: 6, rain: 4.5, known_at: NOW }
    return found({ match_id: Number(pathname.split('/')[4]), items: [weather] })
  }
  const record = RECORDS[pathname]
  if (record) return scenario === 'failing' ? BROKEN : record(searchParams, scenario)
  const [, report] = /^\/api\/v1\/backtests\/(\d+)$/.exec(pathname) ?? []
  if (report) {
    if (scenario === 'failing') return BROKEN
    return Number(report) <= 3 ? found(backtest(Number(report))) : failed(404, 'no_backtest', 'no report of a backtest has this identifier')
  }
  if (pathname === '/api/v1/leagues') return found({ items: leagues(matches), next_cursor: null })
  if (pathname === '/api/v1/matches') {
    if (scenario === 'failing') return BROKEN
    const code = searchParams.get('league')
    return found(page(matches.filter((match) => !code || match.league.code === code), searchParams))
  }
  const [, kind, id] = /^\/api\/v1\/(matches|predictions)\/(\d+)$/.exec(pathname) ?? []
  const match = matches.find((candidate) => candidate.id === Number(id))
  if (kind === undefined) return failed(404, 'not_found', 'no such route')
  if (!match) return failed(404, 'not_found', `no match ${id}`)
  if (kind === 'matches') return found(match)
  return match.prediction ? found(forecastOf(match, searchParams.get('view') ?? undefined)) : failed(404, 'no_forecast', `no forecast of match ${id}`)
}

async function file(pathname) {
  const path = normalize(join(DIST, pathname === '/' ? 'index.html' : decodeURIComponent(pathname)))
  if (!path.startsWith(DIST)) return null
  try {
    return { bytes: await readFile(path), type: TYPES[extname(path)] ?? 'application/octet-stream' }
  } catch {
    return null
  }
}

async function bodyOf(request) {
  let text = ''
  for await (const chunk of request) text += chunk
  return text === '' ? {} : JSON.parse(text)
}

/** Starts on a free port unless one is given; resolves to `{ url, close, setScenario }`. */
export async function startMockServer({ port = 0, scenario = 'normal' } = {}) {
  let current = scenario
  let operate = operations(scenario, page)

  /** Operations have a state; everything else is the same at each request. */
  async function reply(request, { pathname, searchParams }) {
    const token = request.headers.authorization?.replace('Bearer ', '')
    const body = await bodyOf(request)
    const operated = operate(request.method, pathname.replace('/api/v1', ''), searchParams, body, token)
    if (operated === null) return answer(request.url, current)
    if (current === 'failing' && request.method === 'GET') return BROKEN
    return operated.status === 200 ? found(operated.data) : failed(operated.status, operated.code, operated.message)
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://mock')
    const { pathname } = url
    if (pathname.startsWith('/api/')) {
      const { status, body } = await reply(request, url)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      return
    }
    const asset = await file(pathname)
    if (asset) response.writeHead(200, { 'content-type': asset.type }).end(asset.bytes)
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('not found; has `npm run build` run?')
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Another state of the installation; what was changed is forgotten. */
    setScenario: (next) => {
      current = next
      operate = operations(next, page)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startMockServer({
    port: Number(process.env.TOUCHLINE_MOCK_PORT ?? 4174),
    scenario: process.env.TOUCHLINE_MOCK_SCENARIO ?? 'normal',
  })
  process.stdout.write(`invented matches at ${url}\n`)
}
