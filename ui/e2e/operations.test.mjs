/** Operations in a real browser: reading, logging in, and acting. */
import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import { openPage } from './browser.mjs'
import { PASSWORD } from './mock-operations.mjs'
import { asOperator, assertAccessible, base, browser, describeStates, given, logIn, onPage, server, widthOverflow } from './support.mjs'

describe('operations', { skip: given ? 'these need the mock server' : false }, () => {
  beforeEach(() => server?.setScenario('normal'))
  after(() => server.setScenario('normal'))
  describeStates({ test }, { hash: '#/operations', ready: '[data-test=health]', title: { en: 'Operations', nav: 'Operations', zh: '运行' } })

  for (const [part, ready] of [
    ['jobs', '[data-test=task]'],
    ['jobs/116', '[data-test=task-error]'],
    ['timetable', '[data-test=schedule]'],
    ['flows', '[data-test=run-of-flow]'],
    ['flows/daily_data_collection%402027-08-12T02%3A00%3A00Z', '[data-test=task]'],
    ['alerts', '[data-test=alert]'],
    ['alerts/7', '[data-test=alert-details]'],
  ]) {
    test(`is accessible and fits a phone: ${part}`, async () => {
      await onPage({ width: 360, height: 740 }, async (page) => {
        await page.goto(`${base}/#/operations/${part}`)
        await page.waitForSelector(ready)
        assert.equal(await widthOverflow(page), 0)
        await assertAccessible(page)
        assert.equal(await page.locator('#main button').filter({ hasText: /Run|Pause|Call off|Try again|Silence/ }).count(), 0, 'nobody is logged in')
      })
    })
  }

  test('says what is wrong, and what is fine', async () => {
    await onPage({}, async (page) => {
      await page.goto(`${base}/#/operations`)
      await page.waitForSelector('[data-test=health]')
      assert.match(await page.textContent('[data-test=health]'), /Something is wrong.*backup_full has not succeeded.*2 failed or missed.*odds 3/s)
      assert.equal(await page.locator('[data-test=alert]').count(), 2)
    })
    server.setScenario('empty')
    const { page, close } = await openPage(browser)
    await page.goto(`${base}/#/operations`)
    await page.waitForSelector('[data-test=empty]')
    assert.match(await page.textContent('#main'), /Nothing is wrong.*none leads.*No alert is open/s)
    await page.click('[data-part=jobs]')
    await page.waitForFunction(() => document.querySelector('[data-test=empty]')?.textContent.includes('No such job'))
    await close()
  })

  test('filters jobs by status and kind, in the address, and reads on', async () => {
    await onPage({}, async (page) => {
      await page.goto(`${base}/#/operations/jobs`)
      await page.waitForSelector('[data-test=task]')
      assert.equal(await page.locator('[data-test=task]').count(), 50)
      await page.click('[data-test=more]')
      await page.waitForFunction(() => document.querySelectorAll('[data-test=task]').length === 100)
      await page.selectOption('[data-test=status-choice] select', 'failed')
      await page.waitForFunction(() => {
        const rows = [...document.querySelectorAll('[data-test=task]')]
        return rows.length === 12 && rows.every((row) => row.dataset.status === 'failed')
      })
      assert.equal(new URL(page.url()).hash, '#/operations/jobs?status=failed')
      await page.selectOption('[data-test=kind-choice] select', 'prediction')
      await page.waitForSelector('[data-test=empty]')
    })
  })

  test('refuses a wrong password in words, and lets an operator act: jobs', async () => {
    const { page, problems, close } = await openPage(browser)
    await page.goto(`${base}/#/operations/jobs`)
    await page.waitForSelector('[data-test=read-only]')
    await logIn(page, 'ben', 'not the password')
    await page.waitForSelector('[data-test=login-error]')
    assert.match(await page.textContent('[data-test=login-error]'), /Name or password is wrong/)
    assert.deepEqual(problems.splice(0).filter((problem) => !problem.includes('401')), [])
    await page.fill('[autocomplete=current-password]', PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForSelector('[data-test=run-task]')
    assert.equal(new URL(page.url()).hash, '#/operations/jobs')
    assert.equal((await page.textContent('[data-nav=login]')).trim(), 'ben')
    assert.deepEqual(await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie].join()), '')

    await page.selectOption('[data-test=run-task] select', 'quality_check')
    await page.click('[data-test=run-task] [type=submit]')
    await page.waitForFunction(() => document.querySelector('[data-test=run-task] [role=status]').textContent.includes('quality_check 121'))
    await page.waitForFunction(() => document.querySelector('[data-test=task]').textContent.includes('quality_check'))

    // Calling off asks first; a press elsewhere is a change of mind.
    const running = page.locator('[data-status=running]').first()
    await running.locator('[data-test=cancel] button').click()
    assert.match(await running.textContent(), /Really\?/)
    await page.keyboard.press('Escape')
    assert.doesNotMatch(await running.textContent(), /Really\?/)
    const before = await page.locator('[data-status=running]').count()
    await running.locator('[data-test=cancel] button').click()
    await page.keyboard.press('Enter')
    await page.waitForFunction((count) => document.querySelectorAll('[data-status=running]').length === count - 1, before)
    assert.deepEqual(problems, [])
    await close()
  })

  test('tells a refusal of the server beside the button', async () => {
    const { page, close } = await openPage(browser)
    await asOperator(page, '#/operations/jobs?kind=verification', '[data-test=task]')
    await page.locator('[data-test=retry] button').first().click()
    await page.waitForSelector('[data-test=action-error]')
    assert.match(await page.textContent('[data-test=action-error]'), /Not done: .*its match was called off/)
    await close()
  })

  test('lets an operator pause, resume and run the timetable, and change its times', async () => {
    const { page, problems, close } = await openPage(browser)
    await asOperator(page, '#/operations/timetable', '[data-test=schedule]')
    const row = page.locator('[data-schedule=collect-odds-regular]')
    await row.locator('[data-test=run] button').click()
    await row.locator('[data-test=run] button').click()
    await page.waitForFunction(() => document.querySelector('[data-schedule=collect-odds-regular]').textContent.includes('1 job asked for'))
    await row.locator('summary').click()
    await row.locator('[data-test=times]').waitFor()
    assert.equal(await row.locator('[data-test=times] li').count(), 10)
    await row.locator('[data-test=change-times] input').fill('at noon')
    await row.locator('[data-test=change-times] button').click()
    await row.locator('[data-test=action-error]').waitFor()
    assert.match(await row.locator('[data-test=action-error]').textContent(), /five fields/)
    assert.deepEqual(problems.splice(0).filter((problem) => !problem.includes('400')), [])
    await row.locator('[data-test=change-times] input').fill('*/10 * * * *')
    await row.locator('[data-test=change-times] button').click()
    await page.waitForFunction(() => document.querySelector('[data-schedule=collect-odds-regular] code').textContent === '*/10 * * * *')
    await row.locator('[data-test=pause] button').click()
    await row.locator('[data-test=pause] button').click()
    await row.locator('[data-test=resume] button').click()
    await row.locator('[data-test=pause]').waitFor()
    assert.deepEqual(problems, [])
    await close()
  })

  test('lets an operator start a flow and take up and silence an alert', async () => {
    await onPage({}, async (page) => {
      await asOperator(page, '#/operations/flows', '[data-test=flow]')
      const start = page.locator('[data-test=start] button').first()
      await start.click()
      await start.click()
      await page.waitForFunction(() => location.hash.includes('/flows/daily_data_collection'))
      await page.waitForSelector('[data-test=task]')
      await page.click('[data-part=alerts]')
      await page.locator('[data-severity=critical] a').click()
      await page.waitForSelector('[data-test=alert-details]')
      assert.match(await page.textContent('[data-test=alert-details]'), /No space left.*Make room.*mail.*chat.*failed 2 times: HTTP 500/s)
      await page.locator('[data-test=acknowledge] button').click()
      await page.waitForFunction(() => document.querySelector('[data-test=alert-details]').textContent.includes('taken up by user ben'))
      await page.fill('[data-test=silence] input', 'a new disk is coming')
      await page.click('[data-test=silence] [type=submit]')
      await page.waitForFunction(() => document.querySelector('[data-test=silence] [role=status]').textContent.includes('Done'))
      await page.click('[data-part=alerts]')
      await page.waitForFunction(() => document.querySelector('[data-test=silences]')?.textContent.includes('a new disk is coming'))
      await page.locator('[data-test=silences] button').click()
      await page.waitForFunction(() => document.querySelector('[data-test=silences]').textContent.includes('None holds'))
    })
  })

  test('tells a reader that changing takes an operator, and forgets the login on request', async () => {
    await onPage({}, async (page) => {
      await page.goto(`${base}/#/operations`)
      await logIn(page, 'vic')
      await page.waitForSelector('[data-test=no-operator]')
      await page.click('[data-nav=login]')
      await page.click('[data-test=logout]')
      await page.waitForSelector('[data-test=login]')
      assert.equal((await page.textContent('[data-nav=login]')).trim(), 'Log in')
      await assertAccessible(page)
    })
  })
})
