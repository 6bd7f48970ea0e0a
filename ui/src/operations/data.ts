/** Where data stand, and what can still be decided about them. */
import type { HeldRow, QualityCheck, RowDecision } from '../api/types'

export const HELD_STATES = ['held', 'released', 'refused', 'corrected', 'passed'] as const
export const FINDING_STATES = ['open', 'resolved', 'ignored'] as const
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const

/** The state that rows have under a verdict. */
const STATE_OF: Record<string, string> = { release: 'released', refuse: 'refused' }

/** The decision that counts: the last that nobody took back. */
export function standingDecision({ decisions }: Pick<HeldRow, 'decisions'>): RowDecision | null {
  return decisions.findLast(({ undone_at }) => undone_at === null) ?? null
}

/** One that was corrected, or that no rule holds any more, needs no decision. */
export function canDecide(row: Pick<HeldRow, 'decisions' | 'state'>): boolean {
  return standingDecision(row) === null && !['corrected', 'passed'].includes(row.state)
}

/** Whether the row does not follow its decisions yet, since its document has not been read again. */
export function isBehind(row: Pick<HeldRow, 'decisions' | 'state'>): boolean {
  const standing = standingDecision(row)
  if (['corrected', 'passed'].includes(row.state)) return false
  return row.state !== (standing === null ? 'held' : STATE_OF[standing.verdict])
}

/** "E0.csv:17"; the document alone where it is meant as a whole, and `null` where no document is behind. */
export function placeOf(document: string | null, line: number): string | null {
  if (document === null) return null
  return line === 0 ? document : `${document}:${line}`
}

export interface TableQuality {
  table: string
  score: number | null
  /** Age of its newest data at the check. */
  hours: number | null
}

/** What a check says table by table, without the score of all. */
export function tablesOf({ scores, freshness_hours }: Pick<QualityCheck, 'scores' | 'freshness_hours'>): TableQuality[] {
  const tables = new Set([...Object.keys(scores), ...Object.keys(freshness_hours)])
  tables.delete('overall')
  return [...tables].sort().map((table) => ({ table, score: scores[table] ?? null, hours: freshness_hours[table] ?? null }))
}
