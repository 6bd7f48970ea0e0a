/**
 * The page in a real browser, against TOUCHLINE_URL or, without it, the invented matches of the mock server.
 * Needs `npm run build` before it when the mock server is used.
 */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { openPage } from './browser.mjs'
import { base, browser, given, onPage, server, widthOverflow } from './support.mjs'

const WITH_FORECAST = '[data-test=match]:has([data-test=forecast-bar])'

async function openList(page, path = '/') {
  await page.goto(base + path)
  await page.waitForSelector(WITH_FORECAST)
}

/** The chart paints a frame after it mounts: waits for colours, then reports how many the canvas has. */
async function heatmapColours(page) {
  await page.waitForSelector('[data-test=heatmap] canvas')
  const handle = await page.waitForFunction(() => {
    const seen = new Map()
    // The chart may spread over several layers.
    for (const canvas of document.querySelectorAll('[data-test=heatmap] canvas')) {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] < 255) continue
        const colour = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2]
        seen.set(colour, (seen.get(colour) ?? 0) + 1)
      }
    }
    // Flat areas only: antialiased text alone has many colours, each of few pixels.
    const flat = [...seen.values()].filter((pixels) => pixels > 200).length
    return flat >= 6 ? flat : false
  })
  return handle.jsonValue()
}

describe('the page of upcoming matches', () => {
  test('shows matches with probability bars that sum to 100 %', async () => {
    await onPage({}, async (page) => {
      await openList(page)
      const bars = await page.$$eval('[data-test=match] [data-test=forecast-bar]', (all) =>
        all.map((bar) => ({
          percents: [...bar.querySelectorAll('[data-percent]')].map((b) => Number(b.dataset.percent)),
          texts: [...bar.querySelectorAll('[data-percent]')].map((b) => b.textContent),
          label: bar.querySelector('[role=img]').getAttribute('aria-label'),
          painted: [...bar.querySelectorAll('.track span')].map((part) => part.getBoundingClientRect().width),
        })),
      )
      assert.ok(bars.length > 0)
      for (const { percents, texts, label, painted } of bars) {
        assert.equal(percents.length, 3)
        assert.equal(Math.round(percents.reduce((sum, p) => sum + p, 0) * 10), 1000, texts.join(' '))
        for (const text of texts) {
          assert.match(text, /^[<>]?\d{1,3}\.\d%$/)
          assert.ok(label.includes(text), `${label} names ${text}`)
        }
        assert.ok(painted.every((width) => width >= 2), 'every outcome has a visible part')
      }
    })
  })

  test('opens a match from the list with its markets and a painted score grid, and closes it again', async () => {
    await onPage({}, async (page) => {
      await openList(page)
      const row = page.locator(WITH_FORECAST).first()
      const id = await row.getAttribute('data-match')
      await row.focus()
      await page.keyboard.press('Enter')
      await page.waitForSelector('[data-test=markets]')
      assert.equal(new URL(page.url()).hash, `#/matches/${id}`)
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'panel-title')
      assert.ok((await heatmapColours(page)) >= 6)
      assert.match(await page.textContent('[data-test=markets]'), /Over 2\.5 goals\s*\d+\.\d%/)
      assert.ok((await page.locator('[data-test=scores] li').count()) >= 3)
      assert.match(await page.textContent('[data-test=expected-goals]'), /\d\.\d\d\s*–\s*\d\.\d\d/)
      assert.match(await page.textContent('[data-test=origin]'), /Model \S+.*As of .*\d{4}/s)
      assert.match(await page.getAttribute('[data-test=panel] [data-mode]', 'data-mode'), /^(real|fallback|mock)$/)

      await page.keyboard.press('Escape')
      await page.waitForSelector('[data-test=panel]', { state: 'detached' })
      assert.equal(new URL(page.url()).hash, '')
      assert.equal(await page.evaluate(() => document.activeElement?.dataset.match), id)
    })
  })

  test('shows the forecast of a model that sees other prices on request', { skip: given ? 'the mock server has two models' : false }, async () => {
    await onPage({}, async (page) => {
      await openList(page)
      await page.locator(WITH_FORECAST).first().click()
      await page.waitForSelector('[data-test=view] select')
      const home = () => page.$eval('[data-test=panel] [data-test=forecast-bar] [data-percent]', (part) => Number(part.dataset.percent))
      const before = await home()
      assert.equal(await page.$eval('[data-test=view] select', (field) => field.value), 'pre-match')
      await page.selectOption('[data-test=view] select', 'none')
      await page.waitForFunction((than) => {
        const part = document.querySelector('[data-test=panel] [data-test=forecast-bar] [data-percent]')
        return part !== null && Number(part.dataset.percent) !== than
      }, before)
      assert.equal(await page.$eval('[data-test=view] select', (field) => field.value), 'none')
      // The reasons are of the forecast that answers.
      assert.equal(await page.$('[data-test=why]'), null)
      await page.selectOption('[data-test=view] select', 'pre-match')
      await page.waitForFunction((than) => {
        const part = document.querySelector('[data-test=panel] [data-test=forecast-bar] [data-percent]')
        return part !== null && Number(part.dataset.percent) === than
      }, before)
    })
  })

  test('opens a linked match directly, and follows the browser back and forward', async () => {
    await onPage({}, async (page) => {
      await openList(page)
      const [first, second] = await page.$$eval(WITH_FORECAST, (rows) => rows.map((row) => row.dataset.match))
      await openList(page, `/#/matches/${first}`)
      await page.reload()
      await heatmapColours(page)
      if (second) {
        await page.click(`[data-match="${second}"]`)
        await page.waitForSelector(`[data-match="${second}"][aria-current]`)
        await page.goBack()
        await page.waitForSelector(`[data-match="${first}"][aria-current]`)
        await heatmapColours(page)
      }
    })
  })

  test('switches to Chinese and remembers it', async () => {
    await onPage({}, async (page) => {
      await openList(page)
      assert.equal(await page.getAttribute('html', 'lang'), 'en')
      await page.click('[data-locale="zh-CN"]')
      await page.waitForFunction(() => document.querySelector('#matches').textContent === '即将开始的比赛')
      assert.equal(await page.getAttribute('html', 'lang'), 'zh-CN')
      await page.locator(WITH_FORECAST).first().click()
      await page.waitForSelector('[data-test=markets]')
      assert.match(await page.textContent('[data-test=markets]'), /总进球大于 2\.5/)
      await page.reload()
      await page.waitForSelector(WITH_FORECAST)
      assert.equal(await page.textContent('#matches'), '即将开始的比赛')
    })
  })

  for (const colorScheme of ['light', 'dark']) {
    test(`fits 360 pixels (${colorScheme}), list and match`, async () => {
      await onPage({ width: 360, height: 740, colorScheme }, async (page) => {
        await openList(page)
        assert.equal(await widthOverflow(page), 0)
        await page.locator(WITH_FORECAST).first().click()
        await heatmapColours(page)
        assert.equal(await widthOverflow(page), 0)
        const panel = await page.$eval('[data-test=panel]', (el) => ({
          role: el.getAttribute('role'),
          overflow: el.scrollWidth - el.clientWidth,
          width: el.getBoundingClientRect().width,
        }))
        assert.deepEqual(panel, { role: 'dialog', overflow: 0, width: 360 })
        await page.click('[data-test=close]')
        await page.waitForSelector('[data-test=panel]', { state: 'detached' })
      })
    })
  }

  test('filters by team and by league', async () => {
    await onPage({}, async (page) => {
      await openList(page)
      const name = (await page.locator(WITH_FORECAST).first().locator('.team').first().textContent()).trim()
      await page.fill('[data-test=search]', name.toUpperCase())
      await page.waitForFunction(
        (wanted) => {
          const rows = [...document.querySelectorAll('[data-test=match]')]
          return rows.length > 0 && rows.every((row) => row.textContent.includes(wanted))
        },
        name,
      )
      await page.fill('[data-test=search]', '')
      const leagues = await page.$$eval('[data-test=league] option', (all) =>
        all.filter((o) => o.value).map((o) => ({ code: o.value, name: o.textContent.trim() })),
      )
      assert.ok(leagues.length > 0)
      const shown = (await page.locator(WITH_FORECAST).first().locator('.league-name').textContent()).trim()
      const league = leagues.find((item) => item.name === shown)
      assert.ok(league, `${shown} can be chosen`)
      await page.selectOption('[data-test=league]', league.code)
      await page.waitForFunction(
        (wanted) => {
          const names = [...document.querySelectorAll('[data-test=match] .league-name')]
          return names.length > 0 && names.every((el) => el.textContent.trim() === wanted)
        },
        league.name,
      )
    })
  })

  test('says which model forecasts, and how well', async () => {
    await onPage({}, async (page) => {
      await openList(page)
      await page.waitForFunction(() => !document.querySelector('[data-test=model-card] [aria-busy]'))
      const response = await page.request.get(`${base}/api/v1/models/info`)
      const { data } = await response.json()
      const card = await page.textContent('[data-test=model-card]')
      assert.ok(card.includes(data.name) && card.includes(data.version))
      if (data.metrics) assert.match(card, /RPS\s*0\.\d{4}\s*±\s*0\.\d{4}/)
      assert.equal(await page.locator('[data-test=simulated]').count(), data.simulated ? 1 : 0)
    })
  })
})

describe('the page in other states', { skip: given ? 'these need the mock server' : false }, () => {
  after(() => server.setScenario('normal'))

  test('loads further matches on demand, each once', async () => {
    await onPage({}, async (page) => {
      await openList(page)
      assert.equal(await page.locator('[data-test=match]').count(), 50)
      await page.click('[data-test=more]')
      await page.waitForFunction(() => document.querySelectorAll('[data-test=match]').length === 100)
      await page.click('[data-test=more]')
      await page.waitForSelector('[data-test=more]', { state: 'detached' })
      const ids = await page.$$eval('[data-test=match]', (rows) => rows.map((row) => row.dataset.match))
      assert.equal(new Set(ids).size, ids.length)
      assert.ok(ids.length > 100)
    })
  })

  test('finds a team whose matches are on a later page, without its accents', async () => {
    await onPage({}, async (page) => {
      await openList(page)
      await page.fill('[data-test=search]', 'ornefjord')
      await page.waitForFunction(() => document.querySelectorAll('[data-test=match]').length === 6)
    })
  })

  test('labels mock numbers with their reason', async () => {
    await onPage({}, async (page) => {
      await openList(page)
      await page.locator('[data-test=match]:has([data-mode=mock])').first().click()
      await page.waitForSelector('[data-test=mock-reason]')
      assert.match(await page.textContent('[data-test=mock-reason]'), /not a forecast: no model has been trained/)
    })
  })

  test('teaches the first commands when nothing is ingested', async () => {
    server.setScenario('empty')
    const { page, close } = await openPage(browser)
    await page.goto(base)
    await page.waitForSelector('[data-test=empty]')
    assert.match(await page.textContent('[data-test=empty]'), /touchline demo/)
    assert.match(await page.textContent('[data-test=model-card]'), /No model trained yet.*touchline train/s)
    await close()
  })

  test('explains a failure and recovers by "Try again"', async () => {
    server.setScenario('failing')
    const { page, close } = await openPage(browser)
    await page.goto(base)
    await page.waitForSelector('[data-test=error]')
    assert.match(await page.textContent('[data-test=error]'), /locked by another process/)
    server.setScenario('normal')
    await page.click('[data-test=error] button')
    await page.waitForSelector(WITH_FORECAST)
    await close()
  })
})
