import { afterEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { ApiError } from '../api/envelope'
import type { Page } from '../api/types'
import { useAction } from './useAction'
import { usePages } from './usePages'
import { usePolling } from './usePolling'
import { useResource } from './useResource'

let scope: EffectScope | undefined
function within<T>(use: () => T): T {
  scope = effectScope()
  return scope.run(use)!
}

afterEach(() => {
  scope?.stop()
  vi.useRealTimers()
})

const broken = new ApiError('http', 'disk full', 500)

describe('one answer', () => {
  it('loads, and is renewed while it stays to be seen; a failed renewal leaves it and tells', async () => {
    const answers = [() => 1, () => 2, () => { throw broken }]
    const seen: (number | null)[] = []
    const one = within(() => useResource(async () => {
      seen.push(one.data.value)
      return answers.shift()!()
    }))
    expect(one.state.value).toBe('loading')
    await one.renew()
    await one.renew()
    await one.renew()
    expect(seen).toEqual([null, 1, 2])
    expect([one.state.value, one.data.value, one.error.value]).toEqual(['ready', 2, broken])
  })

  it('fails at first, and recovers', async () => {
    let fails = true
    const one = within(() => useResource(async () => { if (fails) throw broken; return 'x' }))
    await one.reload()
    expect([one.state.value, one.error.value]).toEqual(['failed', broken])
    fails = false
    await one.renew()
    expect([one.state.value, one.data.value, one.error.value]).toEqual(['ready', 'x', null])
  })

  it('of an older request is given up', async () => {
    const releases: ((value: number) => void)[] = []
    const one = within(() => useResource(() => new Promise<number>((resolve) => releases.push(resolve))))
    const [first, second] = [one.reload(), one.reload()]
    releases[1]!(2)
    releases[0]!(1)
    await Promise.all([first, second])
    expect(one.data.value).toBe(2)
  })
})

describe('a list in pages', () => {
  const page = (ids: number[], next: string | null = null): Page<{ id: number }> => ({ items: ids.map((id) => ({ id })), next_cursor: next })

  it('is renewed at its head until somebody has read on', async () => {
    let head = page([3, 2], 'older')
    const list = within(() => usePages(async (cursor) => (cursor === null ? head : page([2, 1])), ({ id }) => id))
    const ids = () => list.items.value.map(({ id }) => id)
    await list.reload()
    head = page([4, 3], 'older')
    await list.renew()
    expect(ids()).toEqual([4, 3])
    await list.loadMore()
    expect(ids()).toEqual([4, 3, 2, 1])
    head = page([5, 4], 'older')
    await list.renew()
    expect(ids()).toEqual([4, 3, 2, 1])
  })
})

describe('an action', () => {
  it('runs once at a time and tells what came of it', async () => {
    let release = () => {}
    const action = useAction()
    const running = action.run(() => new Promise<void>((resolve) => (release = resolve)))
    expect(action.busy.value).toBe(true)
    expect(await action.run(async () => {})).toBe(false)
    release()
    expect(await running).toBe(true)
    expect([action.busy.value, action.done.value]).toEqual([false, true])
    expect(await action.run(async () => { throw broken })).toBe(false)
    expect([action.done.value, action.error.value]).toEqual([false, broken])
  })
})

describe('asking again and again', () => {
  it('rests while nobody sees the page, and ends with its scope', () => {
    vi.useFakeTimers()
    const work = vi.fn()
    within(() => usePolling(work, 1000))
    vi.advanceTimersByTime(2000)
    expect(work).toHaveBeenCalledTimes(2)
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true)
    vi.advanceTimersByTime(5000)
    expect(work).toHaveBeenCalledTimes(2)
    hidden.mockReturnValue(false)
    document.dispatchEvent(new Event('visibilitychange'))
    expect(work).toHaveBeenCalledTimes(3)
    scope!.stop()
    vi.advanceTimersByTime(5000)
    expect(work).toHaveBeenCalledTimes(3)
  })
})
