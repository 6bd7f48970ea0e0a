/** Bets on paper in a real browser. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { openPage } from './browser.mjs'
import { base, browser, describeStates, given, onPage, server } from './support.mjs'

const BET = '[data-test=value-bet]'

describe('bets on paper', { skip: given ? 'these need the mock server' : false }, () => {
  after(() => server.setScenario('normal'))
  describeStates({ test }, { hash: '#/bets', ready: `${BET}, [data-test=paper-bet]`, title: { en: 'Paper bets', nav: 'Paper bets', zh: '纸面投注' } })

  test('come with the words of the interface about losing, the age of each price and the reason', async () => {
    await onPage({}, async (page) => {
      await page.goto(`${base}/#/bets`)
      await page.waitForSelector(BET)
      await page.waitForSelector('[data-test=paper-bet]')
      assert.match(await page.textContent('[data-test=notice]'), /Most strategies lose money/)
      assert.match(await page.locator(BET).first().textContent(), /win.*B365.*known 40 minutes ago.*fresh.*Forecast.*30\.0%.*\+4\.\d%.*the forecast gives/s)
      assert.match(await page.textContent('[data-test=paper-totals]'), /value-flat.*mostly luck/s)
      assert.equal(await page.locator('[data-test=paper-bet]').count(), 50)
      await page.click('[data-test=more]')
      await page.waitForFunction(() => document.querySelectorAll('[data-test=paper-bet]').length === 60)
    })
  })

  test('of a strategy that is chosen or linked', async () => {
    await onPage({}, async (page) => {
      await page.goto(`${base}/#/bets?days=14`)
      await page.waitForSelector('[data-test=paper-bet]')
      await page.selectOption('[data-test=strategy-choice] select', 'value-1x2')
      await page.waitForFunction(() => document.querySelector('[data-test=basis]')?.textContent.includes('value-1x2'))
      assert.equal(new URL(page.url()).hash, '#/bets?days=14&strategy=value-1x2')
    })
    const { page, close } = await openPage(browser)
    await page.goto(`${base}/#/bets?strategy=none`)
    await page.waitForSelector('[data-test=error]')
    assert.match(await page.textContent('[data-test=error]'), /touchline strategies list/)
    assert.equal(await page.inputValue('[data-test=strategy-choice] select'), 'none')
    await close()
  })

  test('stand above reports of backtests, whose luck is told of the best alone', async () => {
    await onPage({}, async (page) => {
      await page.goto(`${base}/#/bets`)
      await page.waitForSelector('[data-test=scorecard]')
      const names = await page.locator('[data-test=scorecard] th').allTextContents()
      assert.deepEqual(names, ['value-1x2', 'draws', 'value-flat'])
      assert.match(await page.textContent('[data-test=refused-strategy]'), /closing-line was refused/)
      assert.match(await page.textContent('[data-test=luck]'), /4 variants.*value-1x2.*0\.43/)
      await page.selectOption('[data-test=backtest-choice] select', '2')
      await page.waitForFunction(() => location.hash === '#/bets?backtest=2')
    })
  })

  test('teach the command where none is written down', async () => {
    server.setScenario('empty')
    const { page, close } = await openPage(browser)
    await page.goto(`${base}/#/bets`)
    await page.waitForSelector('[data-test=empty]')
    assert.match(await page.textContent('[data-test=empty]'), /touchline paper place/)
    assert.match(await page.textContent('[data-test=error]'), /train a model/)
    await close()
  })
})
