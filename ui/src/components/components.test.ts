import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../api/envelope'
import { createTexts, type Locale } from '../i18n'
import { aForecast, aMatch, aModel, ok, refused, serve } from '../testing'
import EmptyState from './EmptyState.vue'
import ErrorState from './ErrorState.vue'
import ForecastBar from './ForecastBar.vue'
import MarketsTable from './MarketsTable.vue'
import MatchList from './MatchList.vue'
import MatchReasons from './MatchReasons.vue'
import MatchRow from './MatchRow.vue'
import MatchWeather from './MatchWeather.vue'
import ModelCard from './ModelCard.vue'

function show(component: unknown, props: Record<string, unknown> = {}, locale: Locale = 'en') {
  return mount(component as typeof ForecastBar, { props: props as never, global: { plugins: [createTexts(locale)] } })
}

const spaced = (text: string) => text.replace(/\s+/g, ' ').trim()

describe('ForecastBar', () => {
  const props = { home: 0.9752, draw: 0.0205, away: 0.0043, homeName: 'Pellbrook', awayName: 'Fennick' }

  it('writes the three percentages beside the bar and into its accessible name', () => {
    const bar = show(ForecastBar, props)
    expect(bar.findAll('[data-percent]').map((el) => el.text())).toEqual(['97.5%', '2.1%', '0.4%'])
    expect(bar.get('[role=img]').attributes('aria-label')).toBe('Pellbrook 97.5%, draw 2.1%, Fennick 0.4%')
  })

  it('marks the likeliest outcome, and gives fair odds when large', () => {
    const bar = show(ForecastBar, { ...props, hero: true })
    expect(bar.findAll('.labels .top').map((el) => el.classes())).toEqual([['home_win', 'top']])
    expect(bar.findAll('.odds').map((el) => el.text())).toEqual(['Fair odds 1.03', 'Fair odds 48.8', 'Fair odds 233'])
  })
})

describe('MatchRow', () => {
  it('links to its match, with teams, league and expected goals', () => {
    const row = show(MatchRow, { match: aMatch({ id: 7 }), chosen: false })
    expect(row.get('a').attributes('href')).toBe('#/matches/7')
    expect(spaced(row.text())).toMatch(/10:00 ?Meridian Premier ?Pellbrook ?Expected goals ?1\.62 ?xG ?0\.94 ?Fennick/)
    expect(row.find('[data-mode]').exists()).toBe(false)
  })

  it('labels a forecast that is not the model’s', () => {
    const prediction = { ...aMatch().prediction!, mode: 'mock' as const }
    expect(show(MatchRow, { match: aMatch({ prediction }), chosen: false }).get('[data-mode=mock]').text()).toBe('Mock')
  })

  it('says so when there is no forecast or no time', () => {
    const row = show(MatchRow, { match: aMatch({ prediction: null, kickoff_precision: 'day' }), chosen: true })
    expect(row.text()).toContain('No forecast yet')
    expect(row.text()).toContain('Time TBC')
    expect(row.get('a').attributes('aria-current')).toBe('true')
  })
})

describe('MatchReasons', () => {
  const props = { matchId: 7, homeName: 'Pellbrook', awayName: 'Fennick' }
  const explanation = {
    match_id: 7,
    start: { home_win_prob: 0.45, draw_prob: 0.27, away_win_prob: 0.28 },
    forecast: { home_win_prob: 0.49, draw_prob: 0.26, away_win_prob: 0.25 },
    calibration: { home_win: -0.04, draw: 0.02, away_win: 0.02 },
    groups: [
      { family: 'form', title: 'recent form', points: { home_win: 6.2, draw: -2, away_win: -4.2 }, text: '' },
      { family: 'something new', title: 'a new family', points: { home_win: -2.1, draw: 1, away_win: 1.1 }, text: '' },
    ],
    factors: [{ feature: 'home_form', about: 'Points of five matches', text: 'home form is 12 (points): home win +4.2 points' }],
    other_factors: 0,
    others: { home_win: 0, draw: 0, away_win: 0 },
    similar: {
      matches: [
        { match_id: 3, kickoff: '2025-10-04T14:00:00Z', league: 'MER1', home: 'Pellbrook', away: 'Oxmoor', score: { home: 2, away: 1 }, distance: 0.04 },
      ],
      counted: 100,
      home_wins: 47,
      draws: 27,
      away_wins: 26,
    },
  }
  afterEach(() => vi.unstubAllGlobals())

  it('tells where a forecast starts and what each family of features adds', async () => {
    const asked = serve(() => ok(explanation))
    const why = show(MatchReasons, props)
    await flushPromises()
    expect(asked[0]).toMatch(/\/predictions\/7\/explanation\?limit=6$/)
    expect(spaced(why.text())).toContain('Pellbrook 45.0%, draw 27.0%, Fennick 28.0%')
    const rows = why.findAll('.rows li').map((row) => row.findAll('span:not([class*=bar])').map((cell) => cell.text()))
    expect(rows.map(([name, , points]) => [name, points])).toEqual([
      ['Calibration, the same for every match like it', '0.0'],
      ['Recent form', '+6.2'],
      ['a new family', '-2.1'],
    ])
    expect(why.findAll('.bar').map((bar) => bar.classes().at(-1))).toEqual(['away_win', 'home_win', 'away_win'])
    expect(why.get('details').text()).toContain('home form is 12 (points)')
    const similar = spaced(why.get('[data-test=similar]').text())
    expect(similar).toContain('Of the 100 nearest: 47 home wins, 27 draws, 26 away wins.')
    expect(similar).toContain('Oct 4, 2025 Pellbrook 2–1 Oxmoor')
  })

  it('says so where no trained model answers, and nothing where nobody does', async () => {
    serve((url) => (url.includes('/7/') ? ok({ ...explanation, groups: [], factors: [] }) : refused(503, 'unavailable', 'no')))
    const why = show(MatchReasons, props, 'zh-CN')
    await flushPromises()
    expect(why.text()).toContain('没有训练好的模型作答')
    await why.setProps({ matchId: 8 } as never)
    await flushPromises()
    expect(why.text()).toBe('')
  })
})

describe('MatchWeather', () => {
  const known = (hours: number, rain: number) => ({
    source: 'open-meteo',
    kind: 'forecast',
    at: '2027-08-14T14:00:00Z',
    temperature: 11.53,
    wind: 6,
    rain,
    known_at: `2027-08-14T${String(14 - hours).padStart(2, '0')}:00:00Z`,
  })
  afterEach(() => vi.unstubAllGlobals())

  it('tells what was known last, of the match that is open', async () => {
    const asked = serve((url) => ok({ match_id: 1, items: url.includes('/matches/7/') ? [known(6, 0), known(3, 4.5)] : [] }))
    const weather = show(MatchWeather, { matchId: 7 })
    await flushPromises()
    expect(asked[0]).toMatch(/\/api\/v1\/matches\/7\/weather$/)
    expect(spaced(weather.text())).toContain('11.5°C, wind 6 m/s, rain 4.5 mm in two hours')
    expect(weather.text()).toContain('open-meteo')
    await weather.setProps({ matchId: 8 } as never)
    await flushPromises()
    expect(weather.find('[data-test=weather]').exists()).toBe(false)
  })

  it('is silent where nothing is known or nobody answers', async () => {
    serve(() => refused(503, 'store_unavailable', 'gone'))
    const weather = show(MatchWeather, { matchId: 7 }, 'zh-CN')
    await flushPromises()
    expect(weather.text()).toBe('')
  })
})

describe('MatchList', () => {
  it('heads each day with its date, nearness and number of matches', () => {
    const matches = [aMatch({ id: 1 }), aMatch({ id: 2 }), aMatch({ id: 3, kickoff: '2027-08-16T14:00:00Z' })]
    const list = show(MatchList, { matches, chosen: null, now: new Date('2027-08-13T15:00:00Z') })
    expect(list.findAll('.head').map((el) => spaced(el.text()))).toEqual([
      'Tomorrow Saturday, August 14, 20272 matches',
      'Monday, August 16, 20271 match',
    ])
  })
})

describe('MarketsTable', () => {
  it('shows both sides of each market adding up to 100, and scores by probability', () => {
    const table = show(MarketsTable, { markets: aForecast().markets })
    expect(table.findAll('tbody tr').map((row) => spaced(row.text()))).toEqual([
      'Over 2.5 goals47.0%2.13',
      'Under 2.5 goals53.0%1.89',
      'Both teams score: yes49.0%2.04',
      'Both teams score: no51.0%1.96',
    ])
    expect(table.findAll('ol li').map((row) => spaced(row.text()))).toEqual(['1–050.0%', '0–030.0%'])
  })
})

describe('ModelCard', () => {
  const card = (props: object, locale: Locale = 'en') =>
    show(ModelCard, { state: 'ready', info: aModel(), error: null, folded: false, ...props }, locale)

  it('states the score with its error and sample', () => {
    const text = spaced(card({}).text())
    expect(text).toContain('0.2043± 0.0019')
    expect(text).toContain('3,420 matches, 2026-08-01 – 2027-05-31')
    expect(text).toContain('Trained untilAug 11, 2027')
    expect(text).toContain('Training matches41,872')
  })

  it('teaches how to train when there is no model, and how to evaluate when there are no metrics', () => {
    expect(card({ info: null }).get('code').text()).toBe('touchline train --activate')
    expect(card({ info: aModel({ metrics: null }) }).get('code').text()).toContain('touchline evaluate')
  })

  it('speaks Chinese', () => {
    expect(card({}, 'zh-CN').text()).toContain('训练数据截至')
  })
})

describe('EmptyState and ErrorState', () => {
  it('name the commands to begin with', () => {
    expect(show(EmptyState).findAll('code').map((el) => el.text())).toEqual([
      'touchline demo',
      'touchline ingest football-data PATH',
      'touchline train --activate',
    ])
  })

  it('explain each kind of failure and offer to try again', async () => {
    const text = (error: ApiError) => show(ErrorState, { title: 'T', error }).text()
    expect(text(new ApiError('network', 'x'))).toContain('Is touchline serve still running?')
    expect(text(new ApiError('timeout', 'x'))).toContain('took too long')
    expect(text(new ApiError('malformed', 'x'))).toContain('different versions')
    expect(text(new ApiError('http', 'disk full', 500))).toContain('The server answered: disk full')
    const state = show(ErrorState, { title: 'T', error: new ApiError('network', 'x') })
    await state.get('button').trigger('click')
    expect(state.emitted('retry')).toHaveLength(1)
  })

  it('are calm about what is merely absent', () => {
    const error = new ApiError('http', 'no forecast', 404)
    const state = show(ErrorState, { title: 'T', error, notFoundText: 'Not yet.' })
    expect(state.get('h3').text()).toBe('Not yet.')
  })
})
