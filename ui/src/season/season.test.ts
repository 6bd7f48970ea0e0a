import { describe, expect, it } from 'vitest'
import type { ChancesHistory } from '../api/types'
import { chancesOption, linesOf, MOST_LINES } from './chances-option'
import { spreadOf } from './positions'
import { seasonAt, seasonsBetween } from './seasons'

describe('seasons', () => {
  it('run from July where they split years', () => {
    expect(seasonAt(new Date('2027-06-30T23:00:00Z'), true)).toBe('2026-27')
    expect(seasonAt(new Date('2027-07-01T00:00:00Z'), true)).toBe('2027-28')
    expect(seasonAt(new Date('2027-01-01T00:00:00Z'), false)).toBe('2027')
  })

  it('are counted from the latest to the earliest, across a century', () => {
    expect(seasonsBetween('1998-99', '2001-02')).toEqual(['2001-02', '2000-01', '1999-00', '1998-99'])
    expect(seasonsBetween('2026', '2027')).toEqual(['2027', '2026'])
    expect(seasonsBetween('2027', '2026-27')).toEqual(['2026-27'])
    expect(seasonsBetween('1888-89', '2027-28')).toHaveLength(40)
  })
})

describe('final positions', () => {
  it('are told by the likeliest and the middle nine tenths', () => {
    expect(spreadOf([0.02, 0.5, 0.3, 0.15, 0.03])).toEqual({ likeliest: 2, best: 2, worst: 4 })
    expect(spreadOf([1, 0, 0])).toEqual({ likeliest: 1, best: 1, worst: 1 })
    expect(spreadOf([0.06, 0.94])).toEqual({ likeliest: 2, best: 1, worst: 2 })
    expect(spreadOf([])).toBeNull()
  })
})

const history = (...items: [string, Record<string, number>][]): ChancesHistory => ({
  league: 'MER1',
  season: '2026-27',
  place: 'title',
  items: items.map(([as_of, chances]) => ({
    as_of,
    model: { name: 'dixon-coles', version: '3', view: 'none' },
    teams: Object.entries(chances).map(([team, probability]) => ({
      team_id: team.charCodeAt(0), team, probability, expected_points: 50,
    })),
  })),
})

describe('chances through a season', () => {
  it('are lines from the earliest to the latest, the likeliest team first, those without a chance left out', () => {
    const lines = linesOf(history(['2027-03-01T00:00:00Z', { A: 0.2, B: 0.8, C: 0 }], ['2027-02-01T00:00:00Z', { A: 0.6, B: 0.4, C: 0 }]))
    expect(lines.map((line) => [line.team, line.points.map(([, chance]) => chance)])).toEqual([['B', [0.4, 0.8]], ['A', [0.6, 0.2]]])
  })

  it('are drawn for no more teams than can be told apart', () => {
    const chances = Object.fromEntries('ABCDEFGHIJ'.split('').map((team, n) => [team, 0.02 * (n + 1)]))
    const lines = linesOf(history(['2027-03-01T00:00:00Z', chances]))
    expect(lines.map((line) => line.team)).toEqual(['J', 'I', 'H', 'G', 'F', 'E'])
    expect(lines).toHaveLength(MOST_LINES)
  })

  it('write team names as text', () => {
    const lines = linesOf(history(['2027-03-01T00:00:00Z', { '<b>A': 0.5 }]))
    const option = chancesOption({
      lines, colours: ['#111111'], ink: '', muted: '', grid: '', surface: '', font: '',
      date: () => '1 March', percent: (chance) => `${chance * 100}%`,
    })
    const { formatter } = option.tooltip as { formatter: (params: unknown) => HTMLElement }
    const element = formatter([{ seriesName: '<b>A', value: [0, 0.5] }])
    expect([...element.children].map((line) => line.textContent)).toEqual(['1 March', '<b>A  50%'])
    expect(element.querySelector('b')).toBeNull()
  })
})
