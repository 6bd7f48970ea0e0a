import { describe, expect, it } from 'vitest'
import type { RowDecision } from '../api/types'
import { canDecide, isBehind, placeOf, standingDecision, tablesOf } from './data'

function decision(id: number, verdict: string, undone = false): RowDecision {
  const at = '2027-08-12T06:00:00Z'
  return { id, verdict, reason: 'seen', by: 'user ben', at, undone_by: undone ? 'user ann' : null, undone_at: undone ? at : null }
}

describe('a row that is held back', () => {
  it('stands by its last decision that nobody took back', () => {
    expect(standingDecision({ decisions: [] })).toBeNull()
    expect(standingDecision({ decisions: [decision(1, 'refuse', true), decision(2, 'release')] })?.id).toBe(2)
    expect(standingDecision({ decisions: [decision(1, 'refuse', true)] })).toBeNull()
  })

  it('is decided about while no decision stands, unless there is nothing left to decide', () => {
    expect(canDecide({ state: 'held', decisions: [] })).toBe(true)
    expect(canDecide({ state: 'held', decisions: [decision(1, 'release', true)] })).toBe(true)
    expect(canDecide({ state: 'held', decisions: [decision(1, 'release')] })).toBe(false)
    expect(canDecide({ state: 'passed', decisions: [] })).toBe(false)
    expect(canDecide({ state: 'corrected', decisions: [] })).toBe(false)
  })

  it('is behind its decisions until its document has been read again', () => {
    const release = decision(1, 'release')
    expect(isBehind({ state: 'held', decisions: [] })).toBe(false)
    expect(isBehind({ state: 'held', decisions: [release] })).toBe(true)
    expect(isBehind({ state: 'released', decisions: [release] })).toBe(false)
    expect(isBehind({ state: 'released', decisions: [decision(1, 'release', true)] })).toBe(true)
    expect(isBehind({ state: 'refused', decisions: [release] })).toBe(true)
    expect(isBehind({ state: 'passed', decisions: [release] })).toBe(false)
  })
})

describe('data', () => {
  it('are placed by document and line, or by the document as a whole', () => {
    expect(placeOf('E0.csv', 17)).toBe('E0.csv:17')
    expect(placeOf('E0.csv', 0)).toBe('E0.csv')
    expect(placeOf(null, 3)).toBeNull()
  })

  it('are told table by table, also where a score or an age is missing', () => {
    const check = { scores: { overall: 97, odds: 94, matches: 99 }, freshness_hours: { matches: 3, weather: 9 } }
    expect(tablesOf(check)).toEqual([
      { table: 'matches', score: 99, hours: 3 },
      { table: 'odds', score: 94, hours: null },
      { table: 'weather', score: null, hours: 9 },
    ])
  })
})
