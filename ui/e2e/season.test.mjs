/** The season in a real browser: simulated tables, and chances through the season. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { base, describeStates, given, onPage, server } from './support.mjs'

const READY = '[data-test=chances-chart] canvas'

describe('the season', { skip: given ? 'these need the mock server' : false }, () => {
  after(() => server.setScenario('normal'))
  describeStates({ test }, { hash: '#/season', ready: READY, title: { en: 'Season', nav: 'Season', zh: '赛季' } })

  test('is the first league’s, with chances of every place, and has an address', async () => {
    await onPage({}, async (page) => {
      await page.goto(`${base}/#/season`)
      await page.waitForSelector(READY)
      assert.equal(new URL(page.url()).hash, '#/season?league=MER1&season=2027-28')
      assert.equal(await page.locator('[data-test=team]').count(), 16)
      assert.deepEqual(await page.locator('[data-test=place]').allTextContents().then((all) => all.map((text) => text.trim())), [
        'Title', 'Champions League', 'Relegation',
      ])
      assert.match(await page.textContent('[data-test=how]'), /10,000 simulated seasons.*at most 1\.2%/s)
      const strip = await page.locator('[data-test=team] [role=img]').first().getAttribute('aria-label')
      assert.match(strip, /most often \d+; nine times in ten between \d+ and \d+/)
    })
  })

  test('follows another place, in the address and in the table, and tells what one simulation cannot', async () => {
    await onPage({}, async (page) => {
      await page.goto(`${base}/#/season?league=MER1&season=2027-28`)
      await page.waitForSelector(READY)
      await page.selectOption('[data-test=place-choice] select', 'relegation')
      await page.waitForFunction(() => location.hash.includes('place=relegation'))
      await page.waitForFunction(() => document.querySelector('[data-test=chances-chart]')?.getAttribute('aria-label').includes('Relegation'))
      await page.click('[data-test=through] summary')
      assert.equal(await page.locator('[data-test=through] tbody tr').count(), 12)
      await page.selectOption('[data-test=league-choice] select', 'MER2')
      await page.waitForFunction(() => document.querySelector('[data-test=through]')?.textContent.includes('a line needs two'))
      assert.match(await page.textContent('[data-test=chances]'), /3 pairings that no source has told of were assumed/)
      assert.match(await page.textContent('[data-test=chances]'), /the commonest were used/)
    })
  })

  test('takes a season without a league for the first league’s', async () => {
    await onPage({}, async (page) => {
      await page.goto(`${base}/#/season?season=2026-27`)
      await page.waitForSelector('[data-test=chances]')
      assert.equal(new URL(page.url()).hash, '#/season?season=2026-27&league=MER1')
    })
  })

  test('says how to simulate a season of which nothing is kept', async () => {
    await onPage({}, async (page) => {
      await page.goto(`${base}/#/season?league=OST1&season=2019-20`)
      await page.waitForSelector('[data-test=empty]')
      assert.match(await page.textContent('[data-test=empty]'), /touchline simulate --league OST1 --season 2019-20/)
      assert.equal(await page.inputValue('[data-test=season-choice] select'), '2019-20')
    })
  })
})
