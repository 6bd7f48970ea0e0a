/** The list of upcoming matches: pages by cursor, one league or all, and a search over what is loaded. */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { fetchUpcoming } from '../api/client'
import type { ApiError } from '../api/envelope'
import type { Match } from '../api/types'
import { matchesTeam } from '../matches/search'

export const PAGE_SIZE = 50

/** A search reads on through later pages until it has this many hits, or has read this many pages. */
const ENOUGH_HITS = 10
const MOST_PAGES_PER_SEARCH = 20

export type ListState = 'loading' | 'ready' | 'failed'

export function useUpcoming() {
  const matches = shallowRef<Match[]>([])
  const cursor = ref<string | null>(null)
  const state = ref<ListState>('loading')
  const error = shallowRef<ApiError | null>(null)
  const loadingMore = ref(false)
  const moreError = shallowRef<ApiError | null>(null)
  const league = ref('')
  const query = ref('')

  const visible = computed(() => matches.value.filter((match) => matchesTeam(match, query.value)))
  const searching = computed(() => query.value.trim() !== '')

  // Answers of an abandoned request (another league was chosen meanwhile) must not land in the new list.
  let current = new AbortController()

  async function reload() {
    current.abort()
    const request = (current = new AbortController())
    state.value = 'loading'
    error.value = moreError.value = null
    loadingMore.value = false
    matches.value = []
    cursor.value = null
    try {
      const page = await fetchUpcoming({ league: league.value, limit: PAGE_SIZE }, request.signal)
      if (request.signal.aborted) return
      matches.value = page.items
      cursor.value = page.next_cursor
      state.value = 'ready'
    } catch (failure) {
      if (request.signal.aborted) return
      error.value = failure as ApiError
      state.value = 'failed'
      return
    }
    await readOn()
  }

  async function loadMore() {
    if (cursor.value === null || loadingMore.value) return
    const request = current
    loadingMore.value = true
    moreError.value = null
    try {
      const page = await fetchUpcoming(
        { league: league.value, cursor: cursor.value, limit: PAGE_SIZE },
        request.signal,
      )
      if (request.signal.aborted) return
      // A match ingested between two pages shifts them: the same match may come twice.
      const known = new Set(matches.value.map((match) => match.id))
      matches.value = [...matches.value, ...page.items.filter((match) => !known.has(match.id))]
      cursor.value = page.next_cursor
    } catch (failure) {
      if (!request.signal.aborted) moreError.value = failure as ApiError
    } finally {
      if (!request.signal.aborted) loadingMore.value = false
    }
  }

  async function readOn() {
    const request = current
    const text = query.value
    for (let pages = 0; pages < MOST_PAGES_PER_SEARCH; pages++) {
      const stop = !searching.value || request.signal.aborted || query.value !== text || state.value !== 'ready'
      if (stop || loadingMore.value || cursor.value === null || visible.value.length >= ENOUGH_HITS) return
      await loadMore()
      if (moreError.value) return
    }
  }

  watch(league, reload)
  let typing: ReturnType<typeof setTimeout> | undefined
  watch(query, () => {
    // Filtering is immediate; asking the server for further pages waits for a pause in typing.
    clearTimeout(typing)
    typing = setTimeout(readOn, 250)
  })
  onScopeDispose(() => {
    clearTimeout(typing)
    current.abort()
  })

  return { matches, visible, cursor, state, error, loadingMore, moreError, league, query, searching, reload, loadMore }
}
