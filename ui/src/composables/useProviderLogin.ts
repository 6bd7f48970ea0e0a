import { shallowReadonly, shallowRef } from 'vue'
import { ApiError } from '../api/envelope'
import { endProviderLogin, requestProviderLogin } from '../api/session'
import { useSession } from './useSession'

/** Where a begun login waits while the browser is away. It ties what comes back to this tab, and opens nothing by itself. */
const KEY = 'touchline.login'

interface Waiting {
  flow: string
  next: string
}

const failure = shallowRef<ApiError | null>(null)

/** Sends the browser to the provider; afterwards it comes back to `next`. */
async function begin(next: string): Promise<void> {
  failure.value = null
  const { authorization_url, flow } = await requestProviderLogin()
  const waiting: Waiting = { flow, next }
  sessionStorage.setItem(KEY, JSON.stringify(waiting))
  window.location.assign(authorization_url)
}

function taken(): Waiting | null {
  const text = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  try {
    const { flow, next } = JSON.parse(text ?? 'null') as Waiting
    return { flow, next }
  } catch {
    return null
  }
}

/**
 * Where this address is one that a provider sent the browser back to: ends the login, and leaves nothing of it in the address.
 * Whether it was one.
 */
export async function bringBack(): Promise<boolean> {
  const query = new URLSearchParams(window.location.search)
  const state = query.get('state')
  const code = query.get('code')
  const refusal = query.get('error')
  if (state === null || (code === null && refusal === null)) return false
  const waiting = taken()
  const next = waiting?.next.startsWith('#') ? waiting.next : '#/login'
  const leave = (hash: string) => window.history.replaceState(null, '', window.location.pathname + hash)
  try {
    // A login that was not begun in this tab is somebody else's.
    if (waiting === null || code === null) throw new ApiError('http', refusal ?? '', 400, 'identity_refused')
    await useSession().enter(() => endProviderLogin(waiting.flow, state, code))
    leave(next)
  } catch (error) {
    failure.value = error instanceof ApiError ? error : new ApiError('malformed', String(error))
    leave('#/login')
  }
  return true
}

/** Logging in by a provider of identities. */
export function useProviderLogin() {
  return { begin, failure: shallowReadonly(failure) }
}
