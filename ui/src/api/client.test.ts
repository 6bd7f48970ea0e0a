import { afterEach, describe, expect, it, vi } from 'vitest'
import { aForecast, aMatch, aModel, ok, refused, serve } from '../testing'
import { fetchForecast, fetchLeagues, fetchMatch, fetchModelInfo, fetchUpcoming } from './client'
import { ApiError } from './envelope'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(() => null, (reason: unknown) => reason)
  expect(error).toBeInstanceOf(ApiError)
  return error as ApiError
}

describe('what is asked for', () => {
  it('leaves out empty filters and escapes the rest', async () => {
    const asked = serve(() => ok({ items: [], next_cursor: null }))
    await fetchUpcoming({ from: '2024-05-04' })
    await fetchUpcoming({ from: '2024-05-04', league: 'A&B', cursor: 'x=/y', limit: 10 })
    expect(asked).toEqual([
      '/api/v1/matches?status=scheduled&from=2024-05-04&limit=50&include=prediction',
      '/api/v1/matches?status=scheduled&from=2024-05-04&league=A%26B&limit=10&cursor=x%3D%2Fy&include=prediction',
    ])
  })
})

describe('good answers', () => {
  it('are opened', async () => {
    serve(() => ok({ items: [aMatch()], next_cursor: 'next' }))
    expect(await fetchUpcoming({})).toEqual({ items: [aMatch()], next_cursor: 'next' })
  })

  it('may omit the cursor', async () => {
    serve(() => ok({ items: [] }))
    expect((await fetchLeagues()).next_cursor).toBeNull()
  })
})

describe('bad answers', () => {
  it('carry the status, code, message and details of the error envelope', async () => {
    serve(() => refused(409, 'conflict', 'two models are promoted'))
    expect(await failureOf(fetchForecast(1, null))).toMatchObject({
      kind: 'http', status: 409, code: 'conflict', message: 'two models are promoted', details: { hint: 'x' },
    })
  })

  it('are failures when the envelope says so, whatever the status', async () => {
    serve(() => ({ status: 200, body: refused(0, 'odd', 'no').body }))
    expect((await failureOf(fetchMatch(1))).code).toBe('odd')
  })

  it('keep the status when a proxy answers with a page', async () => {
    serve(() => ({ status: 502, body: '<h1>Bad Gateway</h1>' }))
    expect(await failureOf(fetchLeagues())).toMatchObject({ kind: 'http', status: 502, message: 'HTTP 502' })
  })

  it.each([
    ['text', '<!doctype html>'],
    ['no envelope', { items: [] }],
    ['no data', { success: true, message: '', timestamp: '' }],
    ['no list', ok({ items: {} }).body],
    ['a list as envelope', []],
  ])('are malformed: %s', async (_, body) => {
    serve(() => ({ body }))
    expect((await failureOf(fetchUpcoming({}))).kind).toBe('malformed')
  })

  it('are malformed when a forecast lacks what is drawn', async () => {
    const { score_grid: _, ...rest } = aForecast()
    serve(() => ok(rest))
    expect((await failureOf(fetchForecast(1, null))).message).toContain('score_grid')
  })
})

describe('no answer', () => {
  it('is a network failure', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    expect((await failureOf(fetchLeagues())).kind).toBe('network')
  })

  it('is a timeout after a while', async () => {
    vi.useFakeTimers()
    vi.stubGlobal('fetch', (_: string, { signal }: RequestInit) =>
      new Promise((_resolve, reject) => signal!.addEventListener('abort', () => reject(new Error('aborted')))))
    const failure = failureOf(fetchLeagues())
    await vi.advanceTimersByTimeAsync(20_000)
    expect((await failure).kind).toBe('timeout')
  })

  it('is not a failure when the caller gave up', async () => {
    const abort = new AbortController()
    serve(() => ok({ items: [] }))
    abort.abort()
    const error: unknown = await fetchLeagues(abort.signal).catch((reason: unknown) => reason)
    expect(error).not.toBeInstanceOf(ApiError)
  })
})

describe('the model in use', () => {
  it('is null while none is trained, and an error for any other reason', async () => {
    serve(() => refused(404, 'no_model', 'no model has been trained yet'))
    expect(await fetchModelInfo()).toBeNull()
    serve(() => refused(500, 'internal', 'broken'))
    expect((await failureOf(fetchModelInfo())).status).toBe(500)
    serve(() => ok(aModel()))
    expect((await fetchModelInfo())?.rows).toBe(41872)
  })
})
