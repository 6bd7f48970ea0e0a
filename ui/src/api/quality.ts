/** Quality of the data, rows that rules hold back, and findings: one typed function per endpoint. */
import { expectItems, expectObject } from './envelope'
import { get, send } from './request'
import type { Finding, HeldRow, Judged, Quality } from './types'

/** With so many of the latest checks. */
export async function fetchQuality(checks: number, signal?: AbortSignal): Promise<Quality> {
  return expectObject(await get('/quality', { checks }, signal), 'checks', 'waiting') as unknown as Quality
}

/** The latest first; of every state where none is given. */
export async function fetchHeldRows(state: string, limit: number, signal?: AbortSignal): Promise<HeldRow[]> {
  return expectItems(await get('/quality/held', { state, limit }, signal))
}

function judged(data: unknown): Judged {
  return expectObject(data, 'decision', 'job') as unknown as Judged
}

export async function decideHeldRow(id: number, verdict: string, reason: string): Promise<Judged> {
  return judged(await send('POST', `/quality/held/${id}`, { verdict, reason }))
}

export async function takeBackDecision(id: number): Promise<Judged> {
  return judged(await send('DELETE', `/quality/decisions/${id}`))
}

export interface FindingQuery {
  severity?: string
  state?: string
  needs_review?: boolean
}

/** The latest first. */
export async function fetchFindings(query: FindingQuery, limit: number, signal?: AbortSignal): Promise<Finding[]> {
  return expectItems(await get('/quality/findings', { ...query, limit }, signal))
}

/** `open` undoes the decision before; without notes, none are kept. */
export async function decideFinding(id: number, state: string, notes = ''): Promise<void> {
  await send('POST', `/quality/findings/${id}`, notes === '' ? { state } : { state, notes })
}
