import { computed, ref } from 'vue'
import { useResource } from './useResource'

/** The most that a list without a cursor answers. */
const MOST = 200

/** The latest items of a list without a cursor: more of them are asked for by a higher limit. */
export function useLatest<T>(fetchLatest: (limit: number, signal: AbortSignal) => Promise<T[]>, first = 50) {
  const limit = ref(first)
  const list = useResource(async (signal) => {
    const asked = limit.value
    return { asked, items: await fetchLatest(asked, signal) }
  })
  const { state, data, error } = list

  const items = computed(() => data.value?.items ?? [])
  const isFull = computed(() => data.value !== null && items.value.length >= data.value.asked)
  const wantsMore = computed(() => data.value !== null && limit.value > data.value.asked)

  function reload() {
    limit.value = first
    return list.reload()
  }
  function loadMore() {
    limit.value = Math.min((data.value?.asked ?? first) * 2, MOST)
    return list.renew()
  }

  return {
    items,
    state,
    error,
    hasMore: computed(() => isFull.value && data.value!.asked < MOST),
    /** There may be earlier ones that this list does not answer. */
    isCut: computed(() => isFull.value && data.value!.asked === MOST),
    loadingMore: computed(() => wantsMore.value && error.value === null),
    moreError: computed(() => (wantsMore.value ? error.value : null)),
    reload,
    loadMore,
    renew: list.renew,
  }
}

export type Latest<T> = ReturnType<typeof useLatest<T>>
