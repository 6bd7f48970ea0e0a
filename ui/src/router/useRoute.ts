import { onMounted, shallowReadonly, shallowRef, type Ref } from 'vue'
import { hashFor, parseRoute, type PageName, type Route } from './route'

const route = shallowRef<Route>(parseRoute(window.location.hash))

/** Whether the reader came from another part of the page, rather than opening this one at once. */
let moved = false

function read() {
  const { hash } = window.location
  if (hash === route.value.hash) return
  const next = parseRoute(hash)
  moved ||= next.page !== route.value.page
  route.value = next
}

window.addEventListener('hashchange', read)
window.addEventListener('popstate', read)

/** The address, shared by all who ask: back, forward and shared links work. */
export function useRoute() {
  read()

  /** To another address, with a step that "back" undoes; `''` is the address without a fragment. */
  function go(hash: string) {
    // Setting the fragment to '' would leave a bare '#' and scroll to the top.
    if (hash === '') window.history.pushState(null, '', window.location.pathname + window.location.search)
    else window.location.hash = hash
    read()
  }

  /** Other parameters of the same place, such as a filter: no step of its own. */
  function setQuery(query: Readonly<Record<string, string | null | undefined>>) {
    const { page, path, query: before } = route.value
    window.history.replaceState(null, '', hashFor(page, path, { ...before, ...query }))
    read()
  }

  return { route: shallowReadonly(route), go, setQuery }
}

/** Where to log in, so as to come back to where the reader is. */
export function loginHash(): string {
  const { page, hash } = route.value
  return hashFor('login', [], { next: page === 'login' ? route.value.query.next : hash })
}

/** Puts the focus on the title of a part of the page that the reader has just gone to, as a new document would. */
export function useTitleFocus(title: Readonly<Ref<HTMLElement | null | undefined>>) {
  onMounted(() => {
    if (moved) title.value?.focus({ preventScroll: true })
  })
}

/** The parts that the navigation names, in its order. */
export const NAVIGATION: readonly PageName[] = ['matches', 'history', 'season', 'bets', 'operations']
