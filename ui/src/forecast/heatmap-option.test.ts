import { describe, expect, it } from 'vitest'
import { heatmapOption, type HeatmapInput } from './heatmap-option'
import { viewGrid } from './score-grid'

const input = (over: Partial<HeatmapInput> = {}): HeatmapInput => ({
  view: viewGrid({ max_goals: 1, probabilities: [[0.3, 0.2], [0.4999, 0.0001]] }),
  colours: {
    home_win: '#0f7b5b', draw: '#9ba8a1', away_win: '#4d49d8', floor: '#edf1ec', gap: '#ffffff', ink: '#101a16',
    muted: '#5f6c66', surface: '#ffffff', line: '#dde3dc',
  },
  width: 480,
  font: 'sans-serif',
  homeName: 'Pellbrook',
  awayName: 'Fennick',
  homeGoals: 'Home goals',
  awayGoals: 'Away goals',
  percent: (p) => `${(p * 100).toFixed(1)}%`,
  ...over,
})

type Item = { value: number[]; label: { formatter: string; color: string } }
const items = (option: ReturnType<typeof heatmapOption>, index: number) =>
  (option.series as { data: Item[] }[])[index]!.data

describe('the chart of a score grid', () => {
  it('puts every score into the series of its outcome, away goals across', () => {
    const option = heatmapOption(input())
    expect(items(option, 0).map((item) => item.value)).toEqual([[0, 1, 0.4999]])
    expect(items(option, 1)).toHaveLength(2)
    expect(items(option, 2).map((item) => item.value)).toEqual([[1, 0, 0.2]])
  })

  it('labels strong cells in white, weak ones in dark, and the negligible with a dot', () => {
    const option = heatmapOption(input())
    expect(items(option, 0)[0]!.label).toMatchObject({ formatter: '50.0', color: '#ffffff' })
    expect(items(option, 1).map((item) => item.label.formatter)).toEqual(['30.0', '·'])
    expect(items(option, 1)[1]!.label.color).toBe('#0c1512')
  })

  it('writes team names into the tooltip as text, never as markup', () => {
    const option = heatmapOption(input({ homeName: '<img src=x onerror=alert(1)>' }))
    const formatter = (option.tooltip as { formatter: (p: unknown) => HTMLElement }).formatter
    const element = formatter({ value: [1, 0, 0.2] })
    expect(element.querySelector('img')).toBeNull()
    expect(element.textContent).toBe('<img src=x onerror=alert(1)> 0–1 Fennick  20.0%')
  })
})
