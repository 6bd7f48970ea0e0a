import { computed } from 'vue'
import { matchIdOf } from '../matches/route'
import { useRoute } from '../router/useRoute'

/** The chosen match, as the address bar has it. */
export function useMatchRoute() {
  const { route, go } = useRoute()
  const matchId = computed(() => matchIdOf(route.value.hash))
  return { matchId, close: () => go('') }
}
