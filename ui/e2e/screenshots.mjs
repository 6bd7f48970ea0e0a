/** Writes screenshots of the page in its main states: `npm run screenshots -- DIR [BASE_URL]`. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openBrowser, openPage } from './browser.mjs'
import { startMockServer } from './mock-server.mjs'

const dir = process.argv[2] ?? 'test-results'
const given = process.argv[3] ?? process.env.TOUCHLINE_URL
await mkdir(dir, { recursive: true })
const server = given ? null : await startMockServer()
const base = given ?? server.url
const browser = await openBrowser()

async function shoot(name, options, { scenario = 'normal', open = false, full = false, locale, rest } = {}) {
  server?.setScenario(scenario)
  const { page, close } = await openPage(browser, options)
  await page.goto(base)
  await page.waitForSelector('[data-test=match], [data-test=empty], [data-test=error]')
  if (open !== false) {
    await page.locator('[data-test=match]').nth(open).click()
    await page.waitForSelector('[data-test=heatmap] canvas, [data-test=panel] [data-test=error]')
  }
  if (locale) await page.click(`[data-locale="${locale}"]`)
  if (rest) await rest(page)
  await page.waitForTimeout(300)
  await page.screenshot({ path: join(dir, `${name}.png`), fullPage: full })
  await close()
}

const desktop = { width: 1440, height: 1000 }
const phone = { width: 360, height: 780, scale: 2 }
const bottom = (page) => page.evaluate(() => document.querySelector('[data-test=panel]').scrollTo(0, 9999))
await shoot('desktop', desktop, { open: 0 })
await shoot('desktop-dark', { ...desktop, colorScheme: 'dark' }, { open: 1 })
await shoot('desktop-closed', desktop)
await shoot('desktop-mock', desktop, { open: 4 })
await shoot('desktop-no-forecast', desktop, { open: 6 })
await shoot('desktop-zh', desktop, { open: 0, locale: 'zh-CN' })
if (server) {
  const long = (page) => page.fill('[data-test=search]', 'aldersyke')
  await shoot('desktop-long', desktop, {
    rest: async (page) => {
      await long(page)
      await page.locator('[data-test=match]').first().click()
      await page.waitForSelector('[data-test=heatmap] canvas')
    },
  })
  await shoot('phone-long', phone, { rest: long })
}
await shoot('tablet', { width: 820, height: 1100 })
await shoot('phone', phone)
await shoot('phone-open', phone, { open: 0 })
await shoot('phone-open-end', phone, { open: 0, rest: bottom })
await shoot('phone-dark', { ...phone, colorScheme: 'dark' }, { open: 1 })
for (const [part, ready] of [
  ['history', '[data-test=totals]'],
  ['season', '[data-test=chances-chart] canvas'],
  ['bets', '[data-test=basis]'],
  ['operations', '[data-test=health]'],
  ['operations/jobs', '[data-test=task]'],
  ['operations/data', '[data-test=finding]'],
  ['operations/experiments', '[data-test=experiment]'],
]) {
  const go = async (page) => {
    await page.goto(`${base}/#/${part}`)
    await page.waitForSelector(`${ready}, #main [data-test=empty], #main [data-test=error]`)
  }
  const name = part.replace('/', '-')
  await shoot(name, desktop, { rest: go })
  await shoot(`phone-${name}`, { ...phone, colorScheme: 'dark' }, { rest: go })
}
if (server) {
  await shoot('empty', desktop, { scenario: 'empty' })
  await shoot('phone-empty', phone, { scenario: 'empty' })
  await shoot('failing', desktop, { scenario: 'failing' })
}
await browser.close()
await server?.close()
