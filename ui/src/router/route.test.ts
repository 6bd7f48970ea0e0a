import { describe, expect, it } from 'vitest'
import { hashFor, parseRoute } from './route'

describe('addresses', () => {
  it('name a part of the page, what is in it, and parameters', () => {
    expect(parseRoute('#/history')).toMatchObject({ page: 'history', path: [], query: {} })
    expect(parseRoute('#/season?league=E0&season=2023-24').query).toEqual({ league: 'E0', season: '2023-24' })
    expect(parseRoute('#/operations/jobs/17/').path).toEqual(['jobs', '17'])
  })

  it('mean the matches where they are empty, unknown or broken', () => {
    for (const hash of ['', '#', '#/', '#/nothing/here', '#history/../x', '#?page=history']) {
      expect(parseRoute(hash).page, hash).toBe(hash.startsWith('#history') ? 'history' : 'matches')
    }
    expect(parseRoute('#/operations/%E0%A4%A').path).toEqual(['%E0%A4%A'])
  })

  it('carry any text there and back', () => {
    const run = 'daily/collection@2026-11-29T02:00:00Z?#%'
    const hash = hashFor('operations', ['flows', run], { status: 'failed', kind: null, queue: '' })
    expect(parseRoute(hash)).toEqual({ hash, page: 'operations', path: ['flows', run], query: { status: 'failed' } })
    expect(hashFor('bets')).toBe('#/bets')
  })
})
