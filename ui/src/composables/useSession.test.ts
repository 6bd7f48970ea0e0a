import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { get, send } from '../api/request'
import { ok, refused, serve } from '../testing'
import { useSession } from './useSession'

const NONE = refused(401, 'unauthorized', 'no account')
const bearer = (init?: RequestInit) => (init?.headers as Record<string, string>).authorization ?? null

/** A server whose access tokens are `a1`, `a2`, …, of which those in `good` still count. */
function server(good: Set<string>, { refreshes = true } = {}) {
  let issued = 0
  const pair = () => {
    good.add(`a${++issued}`)
    return ok({ access_token: `a${issued}`, refresh_token: `r${issued}` })
  }
  const seen: string[] = []
  serve((url, init) => {
    seen.push(`${init?.method} ${url.replace('/api/v1', '')} ${bearer(init) ?? '-'}`)
    if (url.endsWith('/auth/login')) return JSON.parse(String(init?.body)).password === 'right' ? pair() : NONE
    if (url.endsWith('/auth/refresh')) return refreshes ? pair() : NONE
    if (!good.has(bearer(init)?.replace('Bearer ', '') ?? '')) return NONE
    if (url.endsWith('/me')) return ok({ user: { name: 'ben', role: 'operator' }, permissions: ['read', 'operate'] })
    return ok({ done: true })
  })
  return seen
}

const { account, can, logIn, logOut } = useSession()

beforeEach(() => localStorage.clear())
afterEach(async () => {
  await logOut()
  vi.unstubAllGlobals()
})

describe('a login', () => {
  it('says who is logged in and what they may do, and keeps nothing outside of memory', async () => {
    server(new Set())
    await logIn('ben', 'right')
    expect(account.value?.user.name).toBe('ben')
    expect([can('operate'), can('manage_accounts')]).toEqual([true, false])
    expect([localStorage.length, sessionStorage.length]).toEqual([0, 0])
    await logOut()
    expect([account.value, can('operate')]).toEqual([null, false])
  })

  it('that is refused leaves nobody logged in', async () => {
    server(new Set())
    await expect(logIn('ben', 'wrong')).rejects.toMatchObject({ status: 401 })
    expect(account.value).toBeNull()
  })
})

describe('an access token that has run out', () => {
  it('is renewed once for all requests that fail together, and they are made again', async () => {
    const good = new Set<string>()
    const seen = server(good)
    await logIn('ben', 'right')
    good.clear()
    seen.length = 0
    await Promise.all([get('/tasks', {}), send('POST', '/tasks', { kind: 'x' })])
    expect(seen.filter((line) => line.includes('/auth/refresh'))).toEqual(['POST /auth/refresh -'])
    expect(seen.filter((line) => line.includes('/tasks')).sort()).toEqual([
      'GET /tasks Bearer a1', 'GET /tasks Bearer a2', 'POST /tasks Bearer a1', 'POST /tasks Bearer a2',
    ])
    expect(account.value?.user.name).toBe('ben')
  })

  it('that cannot be renewed ends the login, and the refusal is told', async () => {
    const good = new Set<string>()
    server(good, { refreshes: false })
    await logIn('ben', 'right')
    good.clear()
    await expect(send('POST', '/tasks', {})).rejects.toMatchObject({ status: 401 })
    expect(account.value).toBeNull()
  })

  it('is not asked for by those who are not logged in', async () => {
    const seen = server(new Set())
    await expect(get('/tasks', {})).rejects.toMatchObject({ status: 401 })
    expect(seen).toEqual(['GET /tasks -'])
  })
})
