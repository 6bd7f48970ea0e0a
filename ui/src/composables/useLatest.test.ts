import { afterEach, describe, expect, it } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { ApiError } from '../api/envelope'
import { useLatest, type Latest } from './useLatest'

let scope: EffectScope | undefined
afterEach(() => scope?.stop())

/** A list of so many items; it fails while `broken` is set. */
function listOf(total: number, first: number) {
  const server = { broken: false, asked: [] as number[] }
  scope = effectScope()
  const list: Latest<number> = scope.run(() =>
    useLatest(async (limit) => {
      server.asked.push(limit)
      if (server.broken) throw new ApiError('http', 'disk full', 500)
      return Array.from({ length: Math.min(limit, total) }, (_, n) => n)
    }, first),
  )!
  return { list, server }
}

describe('a list without a cursor', () => {
  it('is read on by a higher limit, which its renewal keeps and a new filter forgets', async () => {
    const { list, server } = listOf(70, 50)
    await list.reload()
    expect([list.items.value.length, list.hasMore.value]).toEqual([50, true])
    const more = list.loadMore()
    expect(list.loadingMore.value).toBe(true)
    await more
    expect([list.items.value.length, list.hasMore.value, list.loadingMore.value]).toEqual([70, false, false])
    await list.renew()
    await list.reload()
    expect(server.asked).toEqual([50, 100, 100, 50])
  })

  it('ends at the most that is answered, and says that it is cut there', async () => {
    const { list, server } = listOf(500, 150)
    await list.reload()
    await list.loadMore()
    expect(server.asked).toEqual([150, 200])
    expect([list.items.value.length, list.hasMore.value, list.isCut.value]).toEqual([200, false, true])
  })

  it('keeps what it has when the rest fails, and asks for it again', async () => {
    const { list, server } = listOf(70, 50)
    await list.reload()
    server.broken = true
    await list.loadMore()
    expect([list.items.value.length, list.moreError.value?.message, list.loadingMore.value]).toEqual([50, 'disk full', false])
    server.broken = false
    await list.loadMore()
    expect([list.items.value.length, list.moreError.value, list.hasMore.value]).toEqual([70, null, false])
  })
})
