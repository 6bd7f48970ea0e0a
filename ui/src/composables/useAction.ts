import { ref, shallowRef } from 'vue'
import type { ApiError } from '../api/envelope'

/** Something that a person asks for: one at a time, and what came of the last. */
export function useAction() {
  const busy = ref(false)
  const done = ref(false)
  const error = shallowRef<ApiError | null>(null)

  /** Whether it succeeded. */
  async function run(work: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    done.value = false
    error.value = null
    try {
      await work()
      done.value = true
    } catch (failure) {
      error.value = failure as ApiError
    } finally {
      busy.value = false
    }
    return done.value
  }

  return { busy, done, error, run }
}
