import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import App from './App.vue'
import { createTexts } from './i18n'
import { aForecast, aMatch, aModel, aSealed, ok, refused, serve } from './testing'

// The chart needs a real canvas: the browser tests look at it.
vi.mock('./components/ScoreHeatmap.vue', () => ({ __esModule: true, default: { render: () => null } }))

let app: VueWrapper | undefined

async function open(hash = '') {
  window.location.hash = hash
  app = mount(App, { attachTo: document.body, global: { plugins: [createTexts('en')] } })
  await flushPromises()
  return app
}

const viewport = (width: number) =>
  (window as unknown as { happyDOM: { setViewport(size: object): void } }).happyDOM.setViewport({ width, height: 900 })

beforeEach(() => {
  localStorage.clear()
  viewport(1400)
})
afterEach(() => {
  app?.unmount()
  vi.unstubAllGlobals()
  window.location.hash = ''
})

type Routes = Partial<Record<'leagues' | 'matches' | 'match' | 'prediction' | 'model' | 'history', ReturnType<typeof ok>>>

function api(routes: Routes = {}) {
  return serve((url) => {
    if (url.includes('/models/info')) return routes.model ?? ok(aModel())
    if (url.includes('/leagues')) return routes.leagues ?? ok({ items: [], next_cursor: null })
    if (url.includes('/predictions/history')) return routes.history ?? ok({ items: [] })
    if (url.includes('/explanation')) return refused(503, 'unavailable', 'not now')
    if (url.includes('/predictions/')) return routes.prediction ?? ok(aForecast())
    if (url.endsWith('/weather')) return ok({ match_id: 1, items: [] })
    if (/\/matches\/\d+$/.test(url)) return routes.match ?? ok(aMatch({ id: 99 }))
    return routes.matches ?? ok({ items: [aMatch()], next_cursor: null })
  })
}

describe('the page', () => {
  it('lists matches and opens the forecast of the one in the address', async () => {
    const asked = api()
    const page = await open()
    expect(page.findAll('[data-test=match]')).toHaveLength(1)
    expect(page.find('[data-test=panel]').exists()).toBe(false)
    window.location.hash = '#/matches/1'
    window.dispatchEvent(new Event('hashchange'))
    await flushPromises()
    expect(page.get('[data-test=panel]').text()).toContain('Over 2.5 goals')
    expect(page.get('[data-test=origin]').text()).toContain('dixon-coles 3')
    expect(asked.some((url) => /\/matches\/1$/.test(url))).toBe(false)
  })

  it('fetches a linked match that the list does not have', async () => {
    const asked = api({ match: ok(aMatch({ id: 99, home: { id: 5, name: 'Saltwick Town' } })) })
    const page = await open('#/matches/99')
    expect(page.get('#panel-title').text()).toContain('Saltwick Town')
    expect(asked).toContain('/api/v1/matches/99')
  })

  it('says that a linked match does not exist', async () => {
    const gone = refused(404, 'not_found', 'no match 99')
    api({ match: gone, prediction: gone })
    const page = await open('#/matches/99')
    expect(page.get('[data-test=panel]').text()).toContain('There is no such match.')
  })

  it('warns of simulated data only when data are simulated', async () => {
    api()
    expect((await open()).find('[data-test=simulated]').exists()).toBe(false)
    app!.unmount()
    api({ model: ok(aModel({ simulated: true })) })
    expect((await open()).get('[data-test=simulated]').text()).toContain('Simulated data.')
  })

  it('shows why numbers are mock', async () => {
    api({ prediction: ok(aForecast({ mode: 'mock', mock_reason: 'no model trained' })) })
    const page = await open('#/matches/1')
    expect(page.get('[data-test=mock-reason]').text()).toBe('Placeholder numbers, not a forecast: no model trained')
    expect(page.get('[data-test=panel] [data-mode]').attributes('data-mode')).toBe('mock')
  })

  it('teaches instead of filtering when nothing is there', async () => {
    api({ matches: ok({ items: [], next_cursor: null }), model: refused(404, 'no_model', 'none') })
    const page = await open()
    expect(page.get('[data-test=empty]').text()).toContain('touchline demo')
    expect(page.find('[data-test=search]').exists()).toBe(false)
    expect(page.get('[data-test=model-card]').text()).toContain('No model trained yet')
  })

  it('covers a small screen with the open match, and the page behind cannot be reached', async () => {
    viewport(400)
    api()
    const page = await open('#/matches/1')
    expect(page.get('[data-test=panel]').attributes('role')).toBe('dialog')
    expect(page.get('.matches').attributes('inert')).toBeDefined()
    await page.get('[data-test=close]').trigger('click')
    await flushPromises()
    expect(page.find('[data-test=panel]').exists()).toBe(false)
    expect(page.get('.matches').attributes('inert')).toBeUndefined()
    expect(document.activeElement?.getAttribute('data-match')).toBe('1')
  })

  it('tells an unmatched search from an empty installation', async () => {
    api()
    const page = await open()
    await page.get('[data-test=search]').setValue('nobody')
    expect(page.text()).toContain('No upcoming match of “nobody”')
    expect(page.find('[data-test=empty]').exists()).toBe(false)
  })

  it('keeps the list when only the forecast fails, and tries again', async () => {
    api({ prediction: refused(500, 'internal', 'model file damaged') })
    const page = await open('#/matches/1')
    expect(page.get('[data-test=panel] [data-test=error]').text()).toContain('model file damaged')
    expect(page.findAll('[data-test=match]')).toHaveLength(1)
    api()
    await page.get('[data-test=panel] [data-test=error] button').trigger('click')
    await flushPromises()
    expect(page.find('[data-test=markets]').exists()).toBe(true)
  })

  it('shows a sealed forecast that holds no score grid, and says so', async () => {
    const reason = 'sealed before grids were kept'
    api({ prediction: ok(aForecast({ markets: null, score_grid: null, score_grid_reason: reason })) })
    const page = await open('#/matches/1')
    expect(page.get('[data-test=no-grid]').text()).toContain('sealed before score grids')
    expect(page.find('[data-test=markets]').exists()).toBe(false)
    expect(page.get('[data-test=origin]').text()).toContain('dixon-coles 3')
  })

  it('opens other parts by their address, names them in the title, and leads the focus there', async () => {
    api({ history: ok({ items: [aSealed({}, { line: 0.2 })], next_cursor: null }) })
    const page = await open()
    expect(document.title).toBe('touchline · Football forecasts')
    window.location.hash = '#/history'
    window.dispatchEvent(new Event('hashchange'))
    // The part is fetched when it is opened, which takes its time on a busy machine.
    await vi.waitFor(() => expect(page.find('[data-test=forecast]').exists()).toBe(true), 15_000)
    expect(document.title).toBe('touchline · Were we right?')
    expect(page.get('[data-nav=history]').attributes('aria-current')).toBe('page')
    expect(document.activeElement?.textContent).toBe('Were we right?')
    expect(page.get('[data-test=verdict]').text()).toContain('Matches with closing prices: 1. That is too few')
    expect(page.find('#matches').exists()).toBe(false)
  }, 20_000)

  it('changes and remembers the language', async () => {
    api()
    const page = await open()
    await page.get('[data-locale="zh-CN"]').trigger('click')
    expect(page.get('#matches').text()).toBe('即将开始的比赛')
    expect(document.documentElement.lang).toBe('zh-CN')
    expect(localStorage.getItem('touchline.locale')).toBe('zh-CN')
  })
})
