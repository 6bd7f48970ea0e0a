import { onScopeDispose, ref, shallowRef } from 'vue'
import type { ApiError } from '../api/envelope'

export type LoadState = 'loading' | 'ready' | 'failed'

/** One answer with its states. A newer request gives up the older, and the end of the scope gives up both. */
export function useResource<T>(fetcher: (signal: AbortSignal) => Promise<T>) {
  const state = ref<LoadState>('loading')
  const data = shallowRef<T | null>(null)
  const error = shallowRef<ApiError | null>(null)
  let current = new AbortController()

  async function request(keepShown: boolean) {
    current.abort()
    const { signal } = (current = new AbortController())
    if (!keepShown) {
      state.value = 'loading'
      data.value = null
      error.value = null
    }
    try {
      const answer = await fetcher(signal)
      if (signal.aborted) return
      data.value = answer
      error.value = null
      state.value = 'ready'
    } catch (failure) {
      if (signal.aborted) return
      error.value = failure as ApiError
      // What is shown stays when only its renewal fails; `error` says that it is old.
      if (!keepShown || data.value === null) state.value = 'failed'
    }
  }

  onScopeDispose(() => current.abort())
  return {
    state,
    data,
    error,
    reload: () => request(false),
    /** Asks again while what is there, be it a failure, stays to be seen. */
    renew: () => request(true),
  }
}
