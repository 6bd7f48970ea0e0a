import { onScopeDispose, readonly, ref } from 'vue'
import { hashOf, matchIdOf } from '../matches/route'

/** The chosen match, as the address bar has it: back, forward and shared links work. */
export function useMatchRoute() {
  const matchId = ref(matchIdOf(window.location.hash))
  const read = () => (matchId.value = matchIdOf(window.location.hash))
  window.addEventListener('hashchange', read)
  window.addEventListener('popstate', read)
  onScopeDispose(() => {
    window.removeEventListener('hashchange', read)
    window.removeEventListener('popstate', read)
  })

  function open(id: number) {
    window.location.hash = hashOf(id)
    read()
  }

  /** Without a hash at all: setting it to '' would leave a bare '#' and scroll to the top. */
  function close() {
    window.history.pushState(null, '', window.location.pathname + window.location.search)
    read()
  }

  return { matchId: readonly(matchId), open, close }
}
