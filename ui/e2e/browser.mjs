/** Opens Debian's Chromium and keeps a list of everything that went wrong in a page. */
import { chromium } from 'playwright-core'

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function openBrowser() {
  return chromium.launch({ executablePath: process.env.TOUCHLINE_CHROMIUM ?? '/usr/bin/chromium', args: ARGS })
}

/** A page, and the list its console errors, page errors and failed requests go to. */
export async function openPage(browser, { width = 1366, height = 900, colorScheme = 'light', locale = 'en-GB', scale = 1 } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    locale,
    timezoneId: 'Europe/London',
    deviceScaleFactor: scale,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const problems = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`console ${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`))
  page.on('requestfailed', (request) => {
    // The page gives up requests on purpose when another match or league is chosen, the browser on a reload.
    if (request.failure()?.errorText === 'net::ERR_ABORTED') return
    problems.push(`request failed: ${request.url()} ${request.failure()?.errorText}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`HTTP ${response.status()}: ${response.url()}`)
  })
  return { page, problems, close: () => context.close() }
}
