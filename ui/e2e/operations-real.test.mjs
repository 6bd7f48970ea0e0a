/** Operations beside a real server: what it answers is shown, and what an operator presses is done. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertAccessible, base, given, onPage, widthOverflow } from './support.mjs'

/** Name and password of an operator of the server, as NAME:PASSWORD. */
const operator = process.env.TOUCHLINE_OPERATOR

describe('operations of a real server', { skip: given ? false : 'these need TOUCHLINE_URL' }, () => {
  for (const [part, ready] of [
    ['', '[data-test=health]'],
    ['/jobs', '[data-test=task], [data-test=empty]'],
    ['/timetable', '[data-test=schedule]'],
    ['/flows', '[data-test=flow]'],
    ['/alerts', '[data-test=alert], [data-test=empty]'],
    ['/data', '[data-test=quality]'],
    ['/experiments', '[data-test=experiment], [data-test=empty]'],
  ]) {
    test(`shows #/operations${part}`, async () => {
      await onPage({ width: 360, height: 740 }, async (page) => {
        await page.goto(`${base}/#/operations${part}`)
        await page.waitForSelector(ready)
        assert.equal(await widthOverflow(page), 0)
        await assertAccessible(page)
      })
    })
  }

  test('lets an operator run a job and pause a line', { skip: operator ? false : 'TOUCHLINE_OPERATOR is not set' }, async () => {
    const [name, password] = operator.split(':')
    await onPage({}, async (page) => {
      await page.goto(`${base}/#/operations/jobs`)
      await page.click('[data-nav=login]')
      await page.waitForSelector('[data-test=login]')
      await page.fill('[autocomplete=username]', name)
      await page.fill('[autocomplete=current-password]', password)
      await page.keyboard.press('Enter')
      await page.waitForSelector('[data-test=run-task]')
      await page.selectOption('[data-test=run-task] select', 'verification')
      await page.click('[data-test=run-task] [type=submit]')
      await page.waitForFunction(() => /verification \d+/.test(document.querySelector('[data-test=run-task] [role=status]').textContent))
      const number = (await page.textContent('[data-test=run-task] [role=status]')).match(/verification (\d+)/)[1]
      // A worker of the server does it within a moment; the page asks again when it is opened.
      await assert.doesNotReject(async () => {
        for (let tries = 0; tries < 60; tries += 1) {
          const answer = await page.request.get(`${base}/api/v1/tasks/${number}`)
          const { data } = await answer.json()
          if (data.status === 'succeeded') return
          assert.ok(['blocked', 'waiting', 'running'].includes(data.status), JSON.stringify(data))
          await page.waitForTimeout(500)
        }
        throw new Error(`job ${number} does not end`)
      })
      await page.click('[data-part=timetable]')
      const line = page.locator('[data-schedule=collect-ratings]')
      await line.locator('[data-test=pause] button').click()
      await line.locator('[data-test=pause] button').click()
      await line.locator('[data-test=resume] button').click()
      await line.locator('[data-test=pause]').waitFor()
    })
  })
})
