/** Updates of running matches over a WebSocket. A browser can send no token with it: who is logged in asks for a ticket first. */
import { expectObject } from './envelope'
import { caller, send } from './request'
import type { Goals } from './types'

/** What a server tells of a running match, as far as this page shows it. */
export interface LiveUpdate {
  position: string
  match_id: number
  match_status: string
  minute: string | null
  score: Goals
  forecast: { home_win_prob: number; draw_prob: number; away_win_prob: number } | null
}

/** A ticket counts for half a minute, and once. */
export async function requestLiveTicket(): Promise<string> {
  return (expectObject(await send('POST', '/live/tickets'), 'ticket') as { ticket: string }).ticket
}

/** Opens a connection that tells of one match, from after a place that was seen. */
export async function openLive(matchId: number, after: string | null): Promise<WebSocket> {
  const query = new URLSearchParams({ matches: String(matchId) })
  if (after !== null) query.set('after', after)
  const url = new URL(`/ws/live?${query.toString()}`, window.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  // Among the protocols, since addresses are logged on the way.
  const protocols = caller.accessToken === null ? [] : ['touchline.live', `ticket.${await requestLiveTicket()}`]
  return new WebSocket(url, protocols)
}

/** What a message says of a match; `null` of any other message. */
export function readUpdate(text: unknown): LiveUpdate | null {
  if (typeof text !== 'string') return null
  try {
    const message = JSON.parse(text) as Partial<LiveUpdate> & { type?: string }
    const isWhole = message.type === 'update' && typeof message.position === 'string' && message.score
    return isWhole ? (message as LiveUpdate) : null
  } catch {
    return null
  }
}
