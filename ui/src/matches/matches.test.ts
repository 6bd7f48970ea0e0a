import { describe, expect, it } from 'vitest'
import { aMatch } from '../testing'
import { groupByDay, matchDate } from './group'
import { hashOf, matchIdOf } from './route'
import { fold, matchesTeam } from './search'

describe('the date of a match', () => {
  it('is the reader’s date when the minute is known', () => {
    const match = aMatch({ kickoff: '2027-08-14T00:30:00Z' })
    expect(matchDate(match, 'America/New_York')).toBe('2027-08-13')
    expect(matchDate(match, 'Asia/Shanghai')).toBe('2027-08-14')
  })

  it('stays the source’s date when only the day is known', () => {
    const match = aMatch({ kickoff: '2027-08-14T00:00:00Z', kickoff_precision: 'day' })
    expect(matchDate(match, 'America/New_York')).toBe('2027-08-14')
  })
})

describe('grouping by day', () => {
  it('orders days, and matches within a day by time with the untimed last', () => {
    const days = groupByDay(
      [
        aMatch({ id: 1, kickoff: '2027-08-15T18:00:00Z' }),
        aMatch({ id: 2, kickoff: '2027-08-14T00:00:00Z', kickoff_precision: 'day' }),
        aMatch({ id: 3, kickoff: '2027-08-14T17:00:00Z' }),
        aMatch({ id: 4, kickoff: '2027-08-14T12:30:00Z' }),
      ],
      'UTC',
    )
    expect(days.map((day) => [day.date, day.matches.map((match) => match.id)])).toEqual([
      ['2027-08-14', [4, 3, 2]],
      ['2027-08-15', [1]],
    ])
  })

  it('gives no day for no match', () => {
    expect(groupByDay([])).toEqual([])
  })
})

describe('team search', () => {
  const match = aMatch({ home: { id: 1, name: 'Ørnefjord IF' }, away: { id: 2, name: 'Sankt Hedwig am Ufer' } })

  it('forgives case, accents and word order', () => {
    for (const query of ['ornefjord', 'ØRNE', 'ufer hedwig', '  ']) expect(matchesTeam(match, query)).toBe(true)
    expect(fold('Łąka Straße Ružomlyn')).toBe('laka strasse ruzomlyn')
  })

  it('wants all words in one team', () => {
    expect(matchesTeam(match, 'ornefjord hedwig')).toBe(false)
    expect(matchesTeam(match, 'pellbrook')).toBe(false)
  })
})

describe('the route', () => {
  it('names a match and nothing else', () => {
    expect(matchIdOf(hashOf(42))).toBe(42)
    for (const hash of ['', '#', '#/matches/', '#/matches/x', '#/matches/1/odds', '#/teams/1']) {
      expect(matchIdOf(hash)).toBeNull()
    }
  })
})
