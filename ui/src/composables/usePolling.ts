import { onScopeDispose } from 'vue'

/** Calls again and again while somebody can see the page, and at once when it is seen again. */
export function usePolling(work: () => unknown, milliseconds = 15_000) {
  let last = Date.now()
  function tick() {
    if (document.hidden || Date.now() - last < milliseconds) return
    last = Date.now()
    void work()
  }
  const timer = setInterval(tick, milliseconds)
  document.addEventListener('visibilitychange', tick)
  onScopeDispose(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', tick)
  })
}
