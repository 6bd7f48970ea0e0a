import { describe, expect, it } from 'vitest'
import { aSealed } from '../testing'
import { matchesToTell, totalsOf, verdictOf } from './totals'

const scored = (match_id: number, rps: number, line: number | null = null, right = true, confidence = 0.5) =>
  aSealed({ id: match_id * 10 + Math.round(rps * 10), match_id, confidence }, { rps, right, line })

describe('totals of verified forecasts', () => {
  it('are none without a verified forecast', () => {
    expect(totalsOf([])).toBeNull()
    expect(totalsOf([aSealed({ verification: null })])).toBeNull()
  })

  it('count each match once, however often it was forecast', () => {
    const totals = totalsOf([scored(1, 0.1), scored(1, 0.3), scored(2, 0.4, null, false)])!
    expect(totals).toMatchObject({ forecasts: 3, matches: 2, said: 0.5, happened: 0.5, closing: null })
    expect(totals.rps.mean).toBeCloseTo(0.3)
    // Of 0.2 and 0.4: deviation 0.1414, divided by the square root of two.
    expect(totals.rps.se).toBeCloseTo(0.1)
  })

  it('compare with the closing prices where they are held, match by match', () => {
    const totals = totalsOf([scored(1, 0.2, 0.25), scored(2, 0.3, 0.25), scored(3, 0.9)])!
    expect(totals.matches).toBe(3)
    expect(totals.closing).toMatchObject({ matches: 2 })
    expect(totals.closing!.ours.mean).toBeCloseTo(0.25)
    expect(totals.closing!.difference.mean).toBeCloseTo(0)
  })

  it('have no standard error with a single match', () => {
    expect(totalsOf([scored(1, 0.2)])!.rps.se).toBeNull()
  })
})

describe('what they say', () => {
  const many = (matches: number, gap: (n: number) => number) =>
    totalsOf(Array.from({ length: matches }, (_, n) => scored(n + 1, 0.2 + gap(n), 0.2)))!

  it('is nothing where few matches or no prices are held', () => {
    expect(verdictOf(totalsOf([scored(1, 0.2)])!)).toBe('unpriced')
    expect(verdictOf(many(29, () => -0.1))).toBe('few')
  })

  it('is better or worse only beyond two standard errors', () => {
    const noise = (n: number) => (n % 2 === 0 ? 0.05 : -0.05)
    expect(verdictOf(many(100, noise))).toBe('alike')
    expect(verdictOf(many(100, (n) => noise(n) - 0.02))).toBe('better')
    expect(verdictOf(many(100, (n) => noise(n) + 0.02))).toBe('worse')
  })

  it('tells how many matches a small difference would need', () => {
    expect(matchesToTell({ mean: 0, se: 0.01, deviation: 0.05 }, 0.002)).toBe(2500)
    expect(matchesToTell({ mean: 0, se: 0.01, deviation: 0.0514 }, 0.002)).toBe(2700)
    expect(matchesToTell({ mean: 0, se: null, deviation: 0 }, 0.002)).toBeNull()
  })
})
