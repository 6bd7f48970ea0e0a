/** What every browser test needs: a server (TOUCHLINE_URL or the mock), a browser, and pages that must be faultless. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { after } from 'node:test'
import { openBrowser, openPage } from './browser.mjs'
import { PASSWORD } from './mock-operations.mjs'
import { startMockServer } from './mock-server.mjs'

export const given = process.env.TOUCHLINE_URL?.replace(/\/$/, '')
/** The mock server; `null` when another is given. */
export const server = given ? null : await startMockServer()
export const base = given ?? server.url
export const browser = await openBrowser()

after(async () => {
  await browser.close()
  await server?.close()
})

/** Runs `steps` on a fresh page and fails on any console error, page error or failed request. */
export async function onPage(options, steps) {
  const { page, problems, close } = await openPage(browser, options)
  try {
    await steps(page)
    // Late failures (a lazy chunk, a font) must still be counted.
    await page.waitForLoadState('networkidle')
    assert.deepEqual(problems, [])
  } finally {
    await close()
  }
}

export function widthOverflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Fails on what axe finds against WCAG 2.2 AA, contrast included. */
export async function assertAccessible(page) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  )
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`)
  assert.deepEqual(found, [])
}

/** By the names and the password of the mock server, unless another is given. */
export async function logIn(page, name, password = PASSWORD) {
  await page.click('[data-nav=login]')
  await page.waitForSelector('[data-test=login]')
  await page.fill('[autocomplete=username]', name)
  await page.fill('[autocomplete=current-password]', password)
  await page.keyboard.press('Enter')
}

/** At a part of operations, logged in. */
export async function asOperator(page, hash, ready) {
  await page.goto(`${base}/${hash}`)
  await page.waitForSelector(ready)
  await logIn(page, 'ben')
  await page.waitForSelector(ready)
}

/** The states that every part of the page has, at `hash`; `ready` is seen once there is data. Mock server only. */
export function describeStates({ test }, { hash, ready, title }) {
  const open = async (page) => {
    await page.goto(`${base}/${hash}`)
    await page.waitForSelector(ready)
  }
  for (const colorScheme of ['light', 'dark']) {
    for (const [device, size] of [['desktop', { width: 1366, height: 900 }], ['phone', { width: 360, height: 740 }]]) {
      test(`is accessible and fits: ${device}, ${colorScheme}`, async () => {
        await onPage({ ...size, colorScheme }, async (page) => {
          await open(page)
          assert.equal(await widthOverflow(page), 0)
          await assertAccessible(page)
        })
      })
    }
  }

  test('speaks both languages', async () => {
    await onPage({ width: 360, height: 740 }, async (page) => {
      await open(page)
      assert.equal(await page.textContent('[data-test=page-title]'), title.en)
      assert.equal(await page.title(), `touchline · ${title.nav}`)
      await page.click('[data-locale="zh-CN"]')
      await page.waitForFunction((wanted) => document.querySelector('[data-test=page-title]').textContent === wanted, title.zh)
      // Nothing is left untranslated: a missing text shows as its key.
      assert.doesNotMatch(await page.textContent('#main'), /\b[a-z]+\.[a-z]+[A-Za-z.]*\b(?!\.)(?=[^0-9a-z])/)
      assert.equal(await widthOverflow(page), 0)
    })
  })

  test('shows that it loads, explains a failure, and recovers by "Try again"', async () => {
    server.setScenario('failing')
    const { page, close } = await openPage(browser)
    let release
    const held = new Promise((resolve) => (release = resolve))
    await page.route('**/api/v1/**', async (route) => {
      await held
      await route.continue()
    })
    await page.goto(`${base}/${hash}`)
    await page.waitForSelector('[data-test=loading]')
    release()
    await page.waitForSelector('[data-test=error]')
    assert.match(await page.textContent('[data-test=error]'), /locked by another process/)
    server.setScenario('normal')
    await page.click('[data-test=error] button')
    await page.waitForSelector(ready)
    await close()
  })
}
