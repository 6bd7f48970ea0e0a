import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { aMatch, ok, refused, serve } from '../testing'
import { useUpcoming } from './useUpcoming'

let scope: EffectScope | undefined

function start() {
  scope = effectScope()
  return scope.run(useUpcoming)!
}

afterEach(() => {
  scope?.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const named = (id: number, name: string) => aMatch({ id, home: { id, name } })
const ids = (list: ReturnType<typeof useUpcoming>) => list.visible.value.map((match) => match.id)
const cursorOf = (url: string) => new URL(url, 'http://x').searchParams.get('cursor')

describe('the list of upcoming matches', () => {
  it('appends pages until the cursor ends, a shifted match only once', async () => {
    serve((url) =>
      cursorOf(url) === null
        ? ok({ items: [named(1, 'A'), named(2, 'B')], next_cursor: 'two' })
        : ok({ items: [named(2, 'B'), named(3, 'C')], next_cursor: null }),
    )
    const list = start()
    await list.reload()
    expect(list.state.value).toBe('ready')
    await list.loadMore()
    expect(ids(list)).toEqual([1, 2, 3])
    expect(list.cursor.value).toBeNull()
  })

  it('keeps what it has when a further page fails, and can go on', async () => {
    let broken = true
    serve((url) => {
      if (cursorOf(url) === null) return ok({ items: [named(1, 'A')], next_cursor: 'two' })
      return broken ? refused(503, 'busy', 'busy') : ok({ items: [named(2, 'B')], next_cursor: null })
    })
    const list = start()
    await list.reload()
    await list.loadMore()
    expect(ids(list)).toEqual([1])
    expect(list.moreError.value?.message).toBe('busy')
    broken = false
    await list.loadMore()
    expect(ids(list)).toEqual([1, 2])
    expect(list.moreError.value).toBeNull()
  })

  it('ignores the answer for a league that is no longer chosen', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    serve(async (url) => {
      if (!url.includes('league=')) return ok({ items: [] })
      if (url.includes('league=SLOW')) await held
      return ok({ items: [named(url.includes('SLOW') ? 1 : 2, 'A')], next_cursor: null })
    })
    const list = start()
    list.league.value = 'SLOW'
    await flushPromises()
    list.league.value = 'FAST'
    await flushPromises()
    release()
    await flushPromises()
    expect(ids(list)).toEqual([2])
    expect(list.state.value).toBe('ready')
  })

  it('reads further pages for a search until it finds the team', async () => {
    vi.useFakeTimers()
    const pages: Record<string, ReturnType<typeof ok>> = {
      '': ok({ items: [named(1, 'Pellbrook')], next_cursor: 'b' }),
      b: ok({ items: [named(2, 'Fennick')], next_cursor: 'c' }),
      c: ok({ items: [named(3, 'Ørnefjord')], next_cursor: null }),
    }
    const asked = serve((url) => pages[cursorOf(url) ?? '']!)
    const list = start()
    await list.reload()
    expect(asked).toHaveLength(1)
    list.query.value = 'ornefjord'
    await vi.advanceTimersByTimeAsync(300)
    expect(ids(list)).toEqual([3])
    expect(asked).toHaveLength(3)
  })

  it('says why the first page failed, and recovers', async () => {
    let broken = true
    serve(() => (broken ? refused(500, 'internal', 'disk full') : ok({ items: [named(1, 'A')] })))
    const list = start()
    await list.reload()
    expect([list.state.value, list.error.value?.message]).toEqual(['failed', 'disk full'])
    broken = false
    await list.reload()
    expect([list.state.value, list.error.value]).toEqual(['ready', null])
  })
})
