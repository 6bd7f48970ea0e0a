import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { fetchLeagues, fetchSeasonBounds } from '../api/client'
import type { ApiError } from '../api/envelope'
import type { League } from '../api/types'
import { useRoute } from '../router/useRoute'
import { seasonAt, seasonsBetween, splitsYears } from '../season/seasons'
import type { LoadState } from './useResource'

/**
 * A league and one of its seasons, in the address: `#/season?league=E0&season=2023-24`. Without a word there it is the
 * first league, and the season of its next match.
 */
export function useSeasonChoice() {
  const { route, setQuery } = useRoute()
  const state = ref<LoadState>('loading')
  const error = shallowRef<ApiError | null>(null)
  const leagues = shallowRef<League[]>([])
  const seasons = ref<string[]>([])
  let current = new AbortController()

  const league = computed(() => route.value.query.league ?? '')
  const season = computed(() => route.value.query.season ?? '')

  async function readSeasons(code: string, signal: AbortSignal) {
    const { earliest, upcoming } = await fetchSeasonBounds(code, signal)
    if (signal.aborted) return
    const latest = upcoming ?? seasonAt(new Date(), earliest === null || splitsYears(earliest))
    const known = seasonsBetween(earliest ?? latest, latest)
    // A link may name a season that is not among them.
    const linked = season.value
    seasons.value = linked !== '' && !known.includes(linked) ? [linked, ...known] : known
    setQuery({ league: code, season: linked || latest })
  }

  async function attempt(work: (signal: AbortSignal) => Promise<void>) {
    current.abort()
    const { signal } = (current = new AbortController())
    state.value = 'loading'
    error.value = null
    try {
      await work(signal)
      if (!signal.aborted) state.value = 'ready'
    } catch (failure) {
      if (signal.aborted) return
      error.value = failure as ApiError
      state.value = 'failed'
    }
  }

  function load() {
    return attempt(async (signal) => {
      const { items } = await fetchLeagues(signal)
      if (signal.aborted) return
      leagues.value = items.filter((item) => item.kind === 'league')
      const code = league.value || leagues.value[0]?.code
      if (code !== undefined) await readSeasons(code, signal)
    })
  }

  function chooseLeague(code: string) {
    setQuery({ league: code, season: null })
    return attempt((signal) => readSeasons(code, signal))
  }

  onScopeDispose(() => current.abort())
  return { state, error, leagues, seasons, league, season, load, chooseLeague, chooseSeason: (name: string) => setQuery({ season: name }) }
}
