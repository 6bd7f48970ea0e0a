import { describe, expect, it } from 'vitest'
import { canCancel, canRetry, durationText, isEmpty, secondsTaken, STATUSES } from './rules'

const NOW = new Date('2027-08-12T06:00:00Z')

describe('what can be done about a job', () => {
  it('is to call it off until it has ended or is being stopped', () => {
    const open = STATUSES.filter((status) => canCancel({ status, stop_requested: false }))
    expect(open).toEqual(['blocked', 'waiting', 'running'])
    expect(canCancel({ status: 'running', stop_requested: true })).toBe(false)
  })

  it('is to try it again where it ended without success and is not too late', () => {
    const again = STATUSES.filter((status) => canRetry({ status, deadline: null }, NOW))
    expect(again).toEqual(['failed', 'missed', 'cancelled', 'skipped'])
    expect(canRetry({ status: 'missed', deadline: '2027-08-12T05:59:59Z' }, NOW)).toBe(false)
    expect(canRetry({ status: 'failed', deadline: '2027-08-12T06:00:01Z' }, NOW)).toBe(true)
  })
})

describe('how long it took', () => {
  it('counts up to the end, or to now', () => {
    const started_at = '2027-08-12T05:59:00Z'
    expect(secondsTaken({ started_at: null, ended_at: null }, NOW)).toBeNull()
    expect(secondsTaken({ started_at, ended_at: '2027-08-12T05:59:02.5Z' }, NOW)).toBe(2.5)
    expect(secondsTaken({ started_at, ended_at: null }, NOW)).toBe(60)
  })

  it('reads in the two largest units', () => {
    expect([0.42, 9.99, 12.4, 59.6, 60, 200, 7500, 7200].map(durationText)).toEqual([
      '0.4 s', '10.0 s', '12 s', '1 min', '1 min', '3 min 20 s', '2 h 5 min', '2 h',
    ])
  })
})

it('empty values have nothing to read', () => {
  expect([null, undefined, {}, []].every(isEmpty)).toBe(true)
  expect([0, '', { full: true }, [1]].some(isEmpty)).toBe(false)
})
