import { onScopeDispose, ref, shallowRef } from 'vue'
import type { ApiError } from '../api/envelope'
import type { Page } from '../api/types'
import type { LoadState } from './useResource'

/** A list that is read page by page; `idOf` tells its items apart. */
export function usePages<T>(
  fetchPage: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>,
  idOf: (item: T) => number,
) {
  const items = shallowRef<T[]>([])
  const cursor = ref<string | null>(null)
  const state = ref<LoadState>('loading')
  const error = shallowRef<ApiError | null>(null)
  const loadingMore = ref(false)
  const moreError = shallowRef<ApiError | null>(null)

  // Answers of an abandoned request (another filter was chosen meanwhile) must not land in the new list.
  let current = new AbortController()
  let furtherPages = false

  async function reload() {
    current.abort()
    const { signal } = (current = new AbortController())
    state.value = 'loading'
    error.value = moreError.value = null
    loadingMore.value = false
    items.value = []
    cursor.value = null
    furtherPages = false
    try {
      const page = await fetchPage(null, signal)
      if (signal.aborted) return
      items.value = page.items
      cursor.value = page.next_cursor
      state.value = 'ready'
    } catch (failure) {
      if (signal.aborted) return
      error.value = failure as ApiError
      state.value = 'failed'
    }
  }

  async function loadMore() {
    if (cursor.value === null || loadingMore.value) return
    const { signal } = current
    loadingMore.value = true
    moreError.value = null
    try {
      const page = await fetchPage(cursor.value, signal)
      if (signal.aborted) return
      // A row added between two pages shifts them: the same item may come twice.
      const known = new Set(items.value.map(idOf))
      items.value = [...items.value, ...page.items.filter((item) => !known.has(idOf(item)))]
      cursor.value = page.next_cursor
      furtherPages = true
    } catch (failure) {
      if (!signal.aborted) moreError.value = failure as ApiError
    } finally {
      if (!signal.aborted) loadingMore.value = false
    }
  }

  /**
   * The first page anew while it stays to be seen; a failure changes nothing. Not once further pages were read: a
   * list must not jump under somebody who reads its end.
   */
  async function renew() {
    if (state.value !== 'ready' || furtherPages || loadingMore.value) return
    const { signal } = current
    try {
      const page = await fetchPage(null, signal)
      if (signal.aborted || furtherPages || loadingMore.value) return
      items.value = page.items
      cursor.value = page.next_cursor
    } catch {
      // The next renewal may succeed.
    }
  }

  onScopeDispose(() => current.abort())
  return { items, cursor, state, error, loadingMore, moreError, reload, loadMore, renew }
}
