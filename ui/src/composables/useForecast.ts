/** The forecast of the chosen match, and the match itself when the list has not loaded it. */
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { fetchForecast, fetchMatch } from '../api/client'
import type { ApiError } from '../api/envelope'
import type { Forecast, Match, View } from '../api/types'

export type ForecastState = 'idle' | 'loading' | 'ready' | 'failed'

export function useForecast(matchId: Readonly<Ref<number | null>>, listed: (id: number) => Match | undefined) {
  const state = ref<ForecastState>('idle')
  const match = shallowRef<Match | null>(null)
  const forecast = shallowRef<Forecast | null>(null)
  const error = shallowRef<ApiError | null>(null)
  /** Whose forecast is asked for; of the model that knows most of the match, where none is chosen. */
  const view = ref<View | null>(null)
  let current = new AbortController()

  async function load() {
    current.abort()
    const request = (current = new AbortController())
    const id = matchId.value
    forecast.value = null
    error.value = null
    match.value = id === null ? null : (listed(id) ?? null)
    state.value = id === null ? 'idle' : 'loading'
    if (id === null) return
    async function loadMatch(wanted: number) {
      const found = match.value ?? (await fetchMatch(wanted, request.signal))
      if (!request.signal.aborted) match.value = found
    }
    try {
      const [, found] = await Promise.all([loadMatch(id), fetchForecast(id, view.value, request.signal)])
      if (request.signal.aborted) return
      forecast.value = found
      state.value = 'ready'
    } catch (failure) {
      if (request.signal.aborted) return
      error.value = failure as ApiError
      state.value = 'failed'
    }
  }

  async function choose(wanted: View | null) {
    view.value = wanted
    await load()
  }

  watch(matchId, () => choose(null), { immediate: true })
  onScopeDispose(() => current.abort())
  return { state, match, forecast, error, view, choose, reload: load }
}
