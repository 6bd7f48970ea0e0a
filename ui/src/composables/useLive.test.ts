import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { caller } from '../api/request'
import { ok, refused, serve } from '../testing'
import { useLive } from './useLive'

class FakeSocket {
  static all: FakeSocket[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  closed = false
  constructor(
    readonly url: URL,
    readonly protocols: string[],
  ) {
    FakeSocket.all.push(this)
  }
  close() {
    this.closed = true
  }
  tell(message: unknown) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

const update = (position: string, home: number, match_id = 7) => ({
  type: 'update',
  position,
  match_id,
  match_status: 'live',
  minute: '63',
  score: { home, away: 0 },
  forecast: null,
})

let scope = effectScope()
beforeEach(() => {
  vi.useFakeTimers()
  FakeSocket.all = []
  vi.stubGlobal('WebSocket', FakeSocket)
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  caller.accessToken = null
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('listening to a match', () => {
  it('shows the latest update of its match alone', async () => {
    const { update: shown, listen } = scope.run(useLive)!
    listen(7)
    await flushPromises()
    const [socket] = FakeSocket.all
    expect([socket!.url.pathname, socket!.url.search, socket!.protocols]).toEqual(['/ws/live', '?matches=7', []])
    socket!.tell({ type: 'hello' })
    expect(shown.value).toBeNull()
    socket!.tell(update('a-1', 1))
    socket!.tell(update('a-2', 9, 8))
    socket!.onmessage?.({ data: 'no json' })
    expect(shown.value?.score.home).toBe(1)
  })

  it('asks for a ticket where somebody is logged in, a new one for each connection, and goes on where it was', async () => {
    caller.accessToken = 'token'
    let given = 0
    const asked = serve(() => ok({ ticket: `tlw_${(given += 1)}` }))
    const { listen } = scope.run(useLive)!
    listen(7)
    await flushPromises()
    FakeSocket.all[0]!.onopen?.()
    FakeSocket.all[0]!.tell(update('a-1', 1))
    FakeSocket.all[0]!.onclose?.()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(asked).toHaveLength(2)
    expect(asked[0]).toMatch(/\/api\/v1\/live\/tickets$/)
    expect(FakeSocket.all.map(({ protocols }) => protocols)).toEqual([
      ['touchline.live', 'ticket.tlw_1'],
      ['touchline.live', 'ticket.tlw_2'],
    ])
    expect(FakeSocket.all.map(({ url }) => url.searchParams.get('after'))).toEqual([null, 'a-1'])
    expect(FakeSocket.all.every(({ url }) => !url.href.includes('tlw_'))).toBe(true)
  })

  it('waits longer each time, gives up where nothing ever opens, and ends with its scope', async () => {
    caller.accessToken = 'token'
    const asked = serve(() => refused(503, 'unavailable', 'no'))
    const { listen } = scope.run(useLive)!
    listen(7)
    await vi.advanceTimersByTimeAsync(10 * 60_000)
    expect([asked.length, FakeSocket.all.length]).toEqual([5, 0])
    caller.accessToken = null
    listen(7)
    await flushPromises()
    scope.stop()
    expect(FakeSocket.all.map(({ closed }) => closed)).toEqual([true])
    FakeSocket.all[0]!.onclose?.()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(FakeSocket.all).toHaveLength(1)
  })
})
