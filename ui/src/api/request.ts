/** One request to `/api/v1` of this page's own origin. Rejects with [`ApiError`], except for a caller's own abort. */
import { ApiError, openEnvelope } from './envelope'

const BASE = '/api/v1'
const TIMEOUT_MS = 20_000

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

/** Who asks: nobody, until a login sets this. It lives in memory alone, so a reload forgets it. */
export const caller: {
  accessToken: string | null
  /** Gets another access token once the server no longer takes this one; false where that is not possible. */
  renew: (() => Promise<boolean>) | null
} = { accessToken: null, renew: null }

function withQuery(path: string, query: Query): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') params.set(key, String(value))
  }
  const text = params.toString()
  return text === '' ? BASE + path : `${BASE}${path}?${text}`
}

export function get(path: string, query: Query, signal?: AbortSignal): Promise<unknown> {
  return asCaller('GET', withQuery(path, query), undefined, signal)
}

export function send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<unknown> {
  return asCaller(method, BASE + path, body)
}

/** Without a token: what gives one. */
export function sendAsNobody(path: string, body: object): Promise<unknown> {
  return once('POST', BASE + path, body, undefined, null)
}

/** Access tokens are short-lived: one that has run out is renewed and the request made again, once. */
async function asCaller(method: string, url: string, body?: object, signal?: AbortSignal): Promise<unknown> {
  const token = caller.accessToken
  try {
    return await once(method, url, body, signal, token)
  } catch (error) {
    const hasRunOut = error instanceof ApiError && error.status === 401 && token !== null
    // Another request may have renewed it meanwhile.
    const isNew = caller.accessToken !== null && caller.accessToken !== token
    if (!hasRunOut || !(isNew || (await caller.renew?.()))) throw error
    return once(method, url, body, signal, caller.accessToken)
  }
}

async function once(
  method: string,
  url: string,
  body: object | undefined,
  signal: AbortSignal | undefined,
  token: string | null,
): Promise<unknown> {
  const own = new AbortController()
  const forward = () => own.abort()
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    own.abort()
  }, TIMEOUT_MS)
  if (signal?.aborted) own.abort()
  signal?.addEventListener('abort', forward)
  const headers: Record<string, string> = { accept: 'application/json' }
  if (token !== null) headers.authorization = `Bearer ${token}`
  if (body !== undefined) headers['content-type'] = 'application/json'
  try {
    const response = await fetch(url, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: own.signal,
    })
    const text = await response.text()
    return openEnvelope(response.status, parse(text, response.status))
  } catch (error) {
    if (error instanceof ApiError) throw error
    if (signal?.aborted) throw error
    if (timedOut) throw new ApiError('timeout', `no answer within ${TIMEOUT_MS / 1000} s`)
    throw new ApiError('network', error instanceof Error ? error.message : String(error))
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', forward)
  }
}

function parse(text: string, status: number): unknown {
  try {
    return JSON.parse(text)
  } catch {
    if (status >= 200 && status < 300) throw new ApiError('malformed', 'the answer is not JSON', status)
    return null
  }
}
