/** The list of upcoming matches: pages by cursor, one league or all, and a search over what is loaded. */
import { computed, onScopeDispose, ref, watch } from 'vue'
import { fetchUpcoming } from '../api/client'
import type { Match } from '../api/types'
import { matchesTeam } from '../matches/search'
import { usePages } from './usePages'

export const PAGE_SIZE = 50

/** A search reads on through later pages until it has this many hits, or has read this many pages. */
const ENOUGH_HITS = 10
const MOST_PAGES_PER_SEARCH = 20

export function useUpcoming() {
  const league = ref('')
  const query = ref('')
  const pages = usePages<Match>(
    (cursor, signal) => fetchUpcoming({ league: league.value, cursor, limit: PAGE_SIZE }, signal),
    (match) => match.id,
  )
  const { items: matches, cursor, state, error, loadingMore, moreError, loadMore } = pages

  const visible = computed(() => matches.value.filter((match) => matchesTeam(match, query.value)))
  const searching = computed(() => query.value.trim() !== '')

  async function reload() {
    await pages.reload()
    await readOn()
  }

  async function readOn() {
    const text = query.value
    for (let pages = 0; pages < MOST_PAGES_PER_SEARCH; pages++) {
      const stop = !searching.value || query.value !== text || state.value !== 'ready'
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
  onScopeDispose(() => clearTimeout(typing))

  return { matches, visible, cursor, state, error, loadingMore, moreError, league, query, searching, reload, loadMore }
}
