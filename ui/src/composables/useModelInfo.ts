import { onScopeDispose, ref, shallowRef } from 'vue'
import { fetchModelInfo } from '../api/client'
import type { ApiError } from '../api/envelope'
import type { ModelInfo } from '../api/types'

/** The model in use; `info` stays `null` with state `ready` while none has been trained. */
export function useModelInfo() {
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const info = shallowRef<ModelInfo | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const abort = new AbortController()

  async function reload() {
    state.value = 'loading'
    error.value = null
    try {
      info.value = await fetchModelInfo(abort.signal)
      state.value = 'ready'
    } catch (failure) {
      if (abort.signal.aborted) return
      error.value = failure as ApiError
      state.value = 'failed'
    }
  }

  void reload()
  onScopeDispose(() => abort.abort())
  return { state, info, error, reload }
}
