/** "Were we right?" in a real browser. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { base, describeStates, given, onPage, server } from './support.mjs'

const ROW = '[data-test=forecast]'
const READY = `${ROW}, [data-test=empty]`

test('verified forecasts open from the navigation, by keyboard', async () => {
  await onPage({}, async (page) => {
    await page.goto(base)
    await page.focus('[data-nav=history]')
    await page.keyboard.press('Enter')
    await page.waitForSelector(READY)
    assert.equal(new URL(page.url()).hash, '#/history')
    assert.equal(await page.evaluate(() => document.activeElement?.dataset.test), 'page-title')
    assert.equal(await page.getAttribute('[data-nav=history]', 'aria-current'), 'page')
    await page.goBack()
    await page.waitForSelector('#matches')
  })
})

describe('verified forecasts', { skip: given ? 'these need the mock server' : false }, () => {
  after(() => server.setScenario('normal'))
  describeStates({ test }, { hash: '#/history', ready: ROW, title: { en: 'Were we right?', nav: 'Were we right?', zh: '预测准吗？' } })

  test('stand beside results and closing prices, with totals over what is loaded', async () => {
    await onPage({}, async (page) => {
      await page.goto(`${base}/#/history`)
      await page.waitForSelector(ROW)
      assert.equal(await page.locator(ROW).count(), 100)
      assert.match(await page.textContent('[data-test=sample]'), /The 100 forecasts sealed last, of 100 matches/)
      const row = await page.locator(ROW).first().textContent()
      assert.match(row, /\d–\d/)
      assert.match(row, /RPS\s*0\.\d{4}.*Closing PS\s*0\.\d{4}/s)
      await page.click('[data-test=more]')
      await page.waitForFunction(() => document.querySelectorAll('[data-test=forecast]').length === 200)
      await page.click('[data-test=more]')
      await page.waitForSelector('[data-test=more]', { state: 'detached' })
      assert.match(await page.textContent('[data-test=sample]'), /All 240 verified forecasts, of 240 matches/)
      assert.match(await page.textContent('[data-test=totals]'), /Our RPS\s*0\.\d{4} ± 0\.\d{4}.*Closing prices\s*0\.\d{4}.*on 206 matches/s)
      assert.match(await page.getAttribute('[data-test=verdict]', 'data-verdict'), /^(alike|better|worse)$/)
    })
  })

  test('say that a small sample says little, and lead to their match', async () => {
    server.setScenario('few')
    await onPage({}, async (page) => {
      await page.goto(`${base}/#/history`)
      await page.waitForSelector(ROW)
      assert.equal(await page.getAttribute('[data-test=verdict]', 'data-verdict'), 'few')
      assert.match(await page.textContent('[data-test=verdict]'), /too few/)
      assert.match(await page.locator(`${ROW} a`).first().getAttribute('href'), /^#\/matches\/\d+$/)
    })
  })

  test('teach the command where there are none', async () => {
    server.setScenario('empty')
    await onPage({}, async (page) => {
      await page.goto(`${base}/#/history`)
      await page.waitForSelector('[data-test=empty]')
      assert.match(await page.textContent('[data-test=empty]'), /touchline ledger score/)
    }).catch((error) => {
      // Without a model the mock answers 404 for it, which the browser counts.
      assert.match(String(error), /models\/info/)
    })
  })
})
