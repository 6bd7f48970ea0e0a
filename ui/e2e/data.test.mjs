/** Data and experiments in a real browser: what waits for a person, deciding, taking back, and who may. */
import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import { openPage } from './browser.mjs'
import { asOperator, assertAccessible, base, browser, describeStates, given, logIn, onPage, server, widthOverflow } from './support.mjs'

const skip = { skip: given ? 'these need the mock server' : false }
const DATA = '#/operations/data'
const EXPERIMENTS = '#/operations/experiments'
const ROW = '[data-test=held]'
const FINDING = '[data-test=finding]'
const NOTE = '[data-test=decided]'
const title = { en: 'Operations', nav: 'Operations', zh: '运行' }

const textOf = async (page, selector) => (await page.innerText(selector)).replace(/\s+/g, ' ')
/** Waits until as many rows are listed. */
const counted = (page, selector, count) =>
  page.waitForFunction(([wanted, number]) => document.querySelectorAll(wanted).length === number, [selector, count])
/** Buttons that change something; of filters and of reading on there are none among them. */
const changing = (page) => page.locator('#main [data-test=decide], #main [data-test=take-back], #main [data-test=stop], #main [data-test=start-experiment]').count()

describe('data', skip, () => {
  beforeEach(() => server.setScenario('normal'))
  after(() => server.setScenario('normal'))
  describeStates({ test }, { hash: DATA, ready: '[data-test=quality]', title })

  test('say how the latest check went, with what it looked at, and list what waits', async () => {
    await onPage({ width: 360, height: 740 }, async (page) => {
      await page.goto(`${base}/${DATA}`)
      await page.waitForSelector(ROW)
      await page.waitForSelector(FINDING)
      assert.match(await textOf(page, '[data-test=quality]'), /97\.4.*of 100.*41,872.*318,204 prices.*Matches without a result 2.*14.*3 of them new.*wait for a person 90 90 of high/)
      assert.match(await textOf(page, '[data-test=quality] table'), /matches 99\.1 3 h 12 min.*odds 94\.2 18 min.*weather none yet 9 h/)
      assert.equal(await page.locator(ROW).count(), 3)
      assert.match(await textOf(page, ROW), /MER1-2027\.csv:212.*hardly ever happens.*20-1 has a chance.*row 5.*rule improbable_score, version 1.*held since/)
      assert.equal(await page.locator(FINDING).count(), 50)
      assert.match(await textOf(page, '[data-test=findings]'), /improbable_score.*high.*a digit too many.*at MER1-2027\.csv:212/)
      assert.equal(await widthOverflow(page), 0)
      await assertAccessible(page)
      assert.equal(await changing(page), 0, 'nobody is logged in')
    })
  })

  test('are filtered in the address, and read on', async () => {
    await onPage({}, async (page) => {
      await page.goto(`${base}/${DATA}`)
      await page.waitForSelector(FINDING)
      await page.click('[data-test=findings] [data-test=more]')
      await counted(page, FINDING, 90)
      await page.selectOption('[data-test=review-choice] select', 'all')
      await counted(page, FINDING, 50)
      await page.selectOption('[data-test=severity-choice] select', 'critical')
      await counted(page, FINDING, 40)
      await page.selectOption('[data-test=held-choice] select', 'refused')
      await counted(page, ROW, 1)
      assert.equal(new URL(page.url()).hash, `${DATA}?review=all&severity=critical&rows=refused`)
      assert.match(await textOf(page, ROW), /refused.*Refused: delivered twice \(decision 11 by user ben/)
      await page.reload()
      await counted(page, FINDING, 40)
      await page.selectOption('[data-test=state-choice] select', 'ignored')
      await page.waitForSelector('[data-test=findings] [data-test=empty]')
      await page.selectOption('[data-test=held-choice] select', 'all')
      await counted(page, ROW, 5)
    })
  })

  test('say in words that there are none', async () => {
    server.setScenario('empty')
    const { page, close } = await openPage(browser)
    await page.goto(`${base}/${DATA}`)
    await page.waitForSelector('[data-test=findings] [data-test=empty]')
    assert.match(await textOf(page, '#main'), /No check has been made yet.*wait for a person 0.*No such row.*No such finding/)
    await close()
  })

  test('fail part by part, each with its own way to try again', async () => {
    server.setScenario('failing')
    const { page, close } = await openPage(browser)
    await page.goto(`${base}/${DATA}`)
    await page.waitForSelector('[data-test=findings] [data-test=error]')
    assert.match(await textOf(page, '[data-test=held-rows] [data-test=error]'), /rows that are held back could not be loaded.*locked by another process/)
    server.setScenario('normal')
    await page.click('[data-test=held-rows] [data-test=error] button')
    await page.waitForSelector(ROW)
    await page.click('[data-test=findings] [data-test=error] button')
    await page.waitForSelector(FINDING)
    await close()
  })

  test('are decided with a reason by keyboard, and a decision is taken back', async () => {
    await onPage({}, async (page) => {
      await asOperator(page, DATA, ROW)
      const row = page.locator('[data-row="5"]')
      await row.locator('[data-verdict=release]').click()
      assert.equal(await page.locator(NOTE).count(), 0, 'nothing is decided without a reason')
      assert.equal(await row.locator('input').evaluate((input) => input === document.activeElement && input.validity.valueMissing), true)
      await row.locator('input').fill('   ')
      await row.locator('[data-verdict=release]').click()
      assert.equal(await page.locator(NOTE).count(), 0, 'nor with blanks')
      await row.locator('input').fill('seen on the page of the club')
      await page.keyboard.press('Enter')
      assert.equal(await page.locator(NOTE).count(), 0, 'Enter does not choose')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.waitForSelector(NOTE)
      assert.match(await textOf(page, NOTE), /Decision 12: row 5 is released\. The documents are read again in the background: job 501/)
      assert.equal(await page.getAttribute(`${NOTE} a`, 'href'), '#/operations/jobs/501')
      assert.equal(await page.evaluate(() => document.activeElement?.dataset.test), 'decided')
      await counted(page, ROW, 2)
      await assertAccessible(page)

      await page.click(`${NOTE} button`)
      await page.waitForFunction((note) => document.querySelector(note).textContent.includes('Decision 12 is taken back'), NOTE)
      assert.equal(await page.locator(`${NOTE} button`).count(), 0)
      await counted(page, ROW, 3)
      assert.match((await row.innerText()).replace(/\s+/g, ' '), /Released: seen on the page of the club \(decision 12 by user ben, .*; taken back or replaced by user ben/)
    })
  })

  test('keep earlier decisions, which are taken back from their rows; what is refused by the server is told', async () => {
    const { page, problems, close } = await openPage(browser)
    await asOperator(page, `${DATA}?rows=refused`, ROW)
    assert.equal(await page.locator(`${ROW} [data-test=decide]`).count(), 0, 'a decision stands')
    await page.click(`${ROW} [data-test=take-back] button`)
    await page.waitForSelector('[data-test=held-rows] [data-test=empty]')
    assert.match(await textOf(page, NOTE), /Decision 11 is taken back/)
    await page.selectOption('[data-test=held-choice] select', 'corrected')
    await page.waitForSelector('[data-state=corrected]')
    assert.equal(await page.locator(`${ROW} button`).count(), 0, 'nothing is left to decide')
    await page.selectOption('[data-test=held-choice] select', 'held')
    const row = page.locator('[data-row="4"]')
    await row.locator('input').fill('late')
    assert.deepEqual(problems, [])
    const error = { code: 'no_held_row', message: 'there is no such row', details: null }
    const json = { success: false, data: null, message: error.message, error, timestamp: '' }
    await page.route('**/quality/held/4', (route) => route.fulfill({ status: 404, json }))
    await row.locator('[data-verdict=refuse]').click()
    await row.locator('[data-test=action-error]').waitFor()
    assert.match(await row.locator('[data-test=action-error]').textContent(), /Not done: .*there is no such row/)
    assert.equal(await row.locator('input').inputValue(), 'late')
    await close()
  })

  test('have findings that are resolved, ignored and reopened', async () => {
    await onPage({}, async (page) => {
      await asOperator(page, DATA, FINDING)
      const first = page.locator(FINDING).first()
      await first.locator('input').fill('asked the bookmaker')
      await first.locator('[data-verdict=resolved]').click()
      await page.waitForFunction((note) => document.querySelector(note)?.textContent.includes('Finding 120 is resolved'), NOTE)
      await page.waitForFunction(() => document.querySelector('[data-test=quality]').textContent.includes('89'))
      await page.selectOption('[data-test=state-choice] select', 'resolved')
      await counted(page, FINDING, 1)
      assert.match((await first.innerText()).replace(/\s+/g, ' '), /resolved by user ben, .*asked the bookmaker/)
      await first.locator('[data-verdict=open]').click()
      await page.waitForSelector('[data-test=findings] [data-test=empty]')
      assert.match(await textOf(page, NOTE), /Finding 120 is open again/)
      await page.selectOption('[data-test=state-choice] select', 'open')
      await first.locator('[data-verdict=ignored]').click()
      await page.waitForFunction((note) => document.querySelector(note)?.textContent.includes('Finding 120 is ignored'), NOTE)
      await page.click(`${NOTE} button`)
      await page.waitForFunction((note) => document.querySelector(note)?.textContent.includes('open again'), NOTE)
    })
  })
})

describe('experiments', skip, () => {
  beforeEach(() => server.setScenario('normal'))
  after(() => server.setScenario('normal'))
  describeStates({ test }, { hash: EXPERIMENTS, ready: '[data-test=experiment]', title })

  test('are listed, and each shows both versions on the same matches', async () => {
    await onPage({ width: 360, height: 740 }, async (page) => {
      await page.goto(`${base}/${EXPERIMENTS}`)
      await page.waitForSelector('[data-test=experiment]')
      assert.match(await textOf(page, '#main'), /autumn running.*2027-08-01-b is tried beside version 2027-05-02-a.*20\.0% of the matches.*summer ended.*In the shadow/)
      await page.click('text=spring')
      await page.waitForSelector('[data-test=report]')
      assert.match(await textOf(page, '[data-test=report]'), /treatment is better.*Matches compared 460.*over 460 matches.*371.*0\.2061 ± 0\.0081.*89.*0\.2022.*over 460 matches.*-0\.0039 ± 0\.0009.*-0\.0065 … -0\.0013/)
      assert.equal(await widthOverflow(page), 0)
      await assertAccessible(page)
      await page.goBack()
      await page.click('text=autumn')
      await page.waitForSelector('[data-verdict=too_early]')
      assert.match(await textOf(page, '[data-test=report]'), /Too early to say.*Matches compared 0.*Matches that wait 12.*Nothing can be compared yet/)
      assert.equal(await page.locator('[data-test=report] table').count(), 0)
      assert.equal(await changing(page), 0, 'nobody is logged in')
    })
  })

  test('say in words that there are none, or none of a name', async () => {
    server.setScenario('empty')
    const { page, close } = await openPage(browser)
    await page.goto(`${base}/${EXPERIMENTS}`)
    await page.waitForSelector('[data-test=empty]')
    assert.match(await textOf(page, '[data-test=empty]'), /No experiment yet/)
    await page.goto(`${base}/${EXPERIMENTS}/winter`)
    await page.waitForSelector('[data-test=error]')
    assert.match(await textOf(page, '[data-test=error]'), /There is no experiment of this name/)
    await close()
  })

  test('are ended and started by an operator', async () => {
    const { page, problems, close } = await openPage(browser)
    await asOperator(page, EXPERIMENTS, '[data-test=experiment]')
    assert.match(await textOf(page, '[data-test=one-runs]'), /End it before/)
    const stop = page.locator('[data-test=stop] button')
    await stop.click()
    assert.match(await stop.textContent(), /Really\?/)
    await stop.click()
    await page.waitForSelector('[data-test=start-experiment]')
    await assertAccessible(page)
    await page.fill('[data-test=name] input', 'Summer Two')
    await page.click('[data-test=start-experiment] [type=submit]')
    assert.equal(await page.locator('[data-test=name] input').evaluate((input) => input.validity.patternMismatch), true)
    assert.deepEqual(problems, [])
    await page.fill('[data-test=name] input', 'summer')
    await page.click('[data-test=start-experiment] [type=submit]')
    await page.waitForSelector('[data-test=action-error]')
    assert.match(await textOf(page, '[data-test=action-error]'), /Not done: .*there was an experiment summer before/)
    assert.deepEqual(problems.splice(0).filter((problem) => !problem.includes('409')), [])
    await page.fill('[data-test=name] input', 'summer-2')
    await page.selectOption('[data-test=start-experiment] select', 'split')
    await page.fill('[data-test=share] input', '25')
    await page.click('[data-test=start-experiment] [type=submit]')
    await page.waitForSelector('[data-test=report]')
    assert.equal(new URL(page.url()).hash, `${EXPERIMENTS}/summer-2`)
    assert.match(await textOf(page, '#main'), /running.*25\.0% of the matches/)
    await page.locator('[data-test=stop] button').click()
    await page.locator('[data-test=stop] button').click()
    await page.waitForSelector('[data-running=false]')
    assert.deepEqual(problems, [])
    await close()
  })
})

test('a viewer sees what waits and what is tried, and no button that changes it', skip, async () => {
  await onPage({}, async (page) => {
    await page.goto(`${base}/${DATA}`)
    await page.waitForSelector(ROW)
    await logIn(page, 'vic')
    await page.waitForSelector('[data-test=no-operator]')
    await page.waitForSelector(FINDING)
    assert.equal(await changing(page), 0)
    await page.selectOption('[data-test=held-choice] select', 'refused')
    await counted(page, ROW, 1)
    assert.equal(await changing(page), 0)
    await page.click('[data-part=experiments]')
    await page.waitForSelector('[data-test=experiment]')
    assert.equal(await changing(page), 0)
  })
})
