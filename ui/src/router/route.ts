/**
 * Addresses within the page: `#/history`, `#/season?league=E0&season=2023-24`, `#/operations/jobs/17`. They are
 * fragments, so the server has one page to serve and every link can be shared.
 */

/** The parts of the page, the first being what an empty or unknown address means. */
export const PAGES = ['matches', 'history', 'season', 'bets', 'operations', 'login'] as const
export type PageName = (typeof PAGES)[number]

export interface Route {
  /** As the address bar has it. */
  hash: string
  page: PageName
  /** What follows the page's name, decoded. */
  path: readonly string[]
  query: Readonly<Record<string, string>>
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [first, ...rest] = path.split('/').filter((segment) => segment !== '')
  const page = PAGES.find((name) => name === first)
  if (page === undefined) return { hash, page: PAGES[0], path: [], query: {} }
  return { hash, page, path: rest.map(decoded), query: Object.fromEntries(new URLSearchParams(query)) }
}

/** The address of a page; parameters without a value are left out. */
export function hashFor(
  page: PageName,
  path: readonly (string | number)[] = [],
  query: Readonly<Record<string, string | null | undefined>> = {},
): string {
  const set = Object.entries(query).filter((entry): entry is [string, string] => !!entry[1])
  const text = new URLSearchParams(set).toString()
  const segments = [page, ...path.map((segment) => encodeURIComponent(segment))]
  return `#/${segments.join('/')}${text === '' ? '' : `?${text}`}`
}
