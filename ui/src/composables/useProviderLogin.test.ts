import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ok, refused, serve } from '../testing'
import { bringBack, useProviderLogin } from './useProviderLogin'
import { useSession } from './useSession'

const WAITING = 'touchline.login'
const { account, logOut } = useSession()

function server(end: () => ReturnType<typeof ok>) {
  const bodies: unknown[] = []
  serve((url, init) => {
    if (url.endsWith('/auth/provider/end')) {
      bodies.push(JSON.parse(String(init?.body)))
      return end()
    }
    if (url.endsWith('/me')) return ok({ user: { name: 'ann', role: 'viewer' }, permissions: ['read'] })
    return ok({ done: true })
  })
  return bodies
}

const pair = () => ok({ access_token: 'a', refresh_token: 'r' })

beforeEach(() => sessionStorage.clear())
afterEach(async () => {
  window.history.replaceState(null, '', '/')
  await logOut()
  vi.unstubAllGlobals()
})

describe('coming back from a provider', () => {
  it('ends the login that was begun in this tab, and leaves nothing of it', async () => {
    const bodies = server(pair)
    sessionStorage.setItem(WAITING, JSON.stringify({ flow: 'f', next: '#/operations' }))
    window.history.replaceState(null, '', '/?code=c&state=s&iss=x')
    expect(await bringBack()).toBe(true)
    expect(bodies).toEqual([{ flow: 'f', state: 's', code: 'c' }])
    expect(account.value?.user.name).toBe('ann')
    expect([window.location.search, window.location.hash, sessionStorage.length]).toEqual(['', '#/operations', 0])
  })

  it('with what was not asked for here lets nobody in', async () => {
    const bodies = server(pair)
    window.history.replaceState(null, '', '/?code=c&state=s')
    expect(await bringBack()).toBe(true)
    expect([bodies, account.value, window.location.search]).toEqual([[], null, ''])
    expect(useProviderLogin().failure.value?.code).toBe('identity_refused')
  })

  it('says why nobody is let in, and goes nowhere else', async () => {
    server(() => refused(403, 'no_role', 'no role'))
    sessionStorage.setItem(WAITING, JSON.stringify({ flow: 'f', next: 'https://evil.example/' }))
    window.history.replaceState(null, '', '/?code=c&state=s')
    await bringBack()
    expect(useProviderLogin().failure.value?.code).toBe('no_role')
    expect([account.value, window.location.hash]).toEqual([null, '#/login'])
  })

  it('is not what an ordinary address is', async () => {
    server(pair)
    for (const address of ['/', '/?x=1', '/?code=c', '/?state=s']) {
      window.history.replaceState(null, '', address)
      expect(await bringBack()).toBe(false)
      expect(window.location.search).toBe(address.slice(1))
    }
  })
})
