import { onScopeDispose, shallowRef } from 'vue'
import { openLive, readUpdate, type LiveUpdate } from '../api/live'

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000
/** Connections that were never open are not tried for ever: the server may need an account, or be behind a proxy without WebSockets. */
const MOST_FAILURES = 5

/** The latest update of the match that is listened to; `null` until there is one. A connection that breaks is opened again. */
export function useLive() {
  const update = shallowRef<LiveUpdate | null>(null)
  /** Moves on whenever another match, or none, is listened to: what belongs to an earlier one is left. */
  let turn = 0
  let socket: WebSocket | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  function stop() {
    turn += 1
    clearTimeout(timer)
    socket?.close()
    socket = null
    update.value = null
  }

  function listen(matchId: number) {
    stop()
    const mine = turn
    let wait = FIRST_WAIT_MS
    let failures = 0

    const again = () => {
      if (mine !== turn || failures >= MOST_FAILURES) return
      timer = setTimeout(() => void open(), wait)
      wait = Math.min(2 * wait, LONGEST_WAIT_MS)
    }
    const open = async () => {
      failures += 1
      let opened: WebSocket
      try {
        opened = await openLive(matchId, update.value?.position ?? null)
      } catch {
        return again()
      }
      if (mine !== turn) return opened.close()
      socket = opened
      opened.onopen = () => {
        failures = 0
        wait = FIRST_WAIT_MS
      }
      opened.onmessage = ({ data }) => {
        const told = readUpdate(data)
        if (mine === turn && told?.match_id === matchId) update.value = told
      }
      opened.onclose = again
    }
    void open()
  }

  onScopeDispose(stop)
  return { update, listen, stop }
}
