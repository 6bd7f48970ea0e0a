/** The chart of chances through a season: one line per team, time to the right. */
import type { LineSeriesOption } from 'echarts/charts'
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import type { ChancesHistory } from '../api/types'

export type ChancesOption = ComposeOption<LineSeriesOption | GridComponentOption | TooltipComponentOption>

/** Lines that can be told apart. */
export const MOST_LINES = 6

export interface Line {
  teamId: number
  team: string
  /** Time in milliseconds and chance, the earliest first. */
  points: [number, number][]
}

/** The teams whose chance was ever the greatest, the likeliest now first, with what was simulated of each. */
export function linesOf(history: ChancesHistory): Line[] {
  const lines = new Map<number, Line>()
  for (const item of [...history.items].reverse()) {
    const time = Date.parse(item.as_of)
    for (const { team_id, team, probability } of item.teams) {
      const line = lines.get(team_id) ?? { teamId: team_id, team, points: [] }
      line.points.push([time, probability])
      lines.set(team_id, { ...line, team })
    }
  }
  const most = (line: Line) => Math.max(...line.points.map(([, chance]) => chance))
  const latest = (line: Line) => line.points.at(-1)![1]
  return [...lines.values()]
    .filter((line) => most(line) > 0)
    .sort((a, b) => most(b) - most(a))
    .slice(0, MOST_LINES)
    .sort((a, b) => latest(b) - latest(a) || most(b) - most(a))
}

export interface ChancesInput {
  lines: readonly Line[]
  /** One per line, in their order. */
  colours: readonly string[]
  ink: string
  muted: string
  grid: string
  surface: string
  font: string
  date: (time: number) => string
  percent: (chance: number) => string
}

/** Lines differ in their dashes too: colour alone does not tell six apart for everybody. */
export const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [14, 5]]

export function chancesOption(input: ChancesInput): ChancesOption {
  const { lines, colours, ink, muted, grid, surface, font, date, percent } = input
  const axisLabel = { color: muted, fontFamily: font, fontSize: 12, hideOverlap: true }
  return {
    animation: false,
    textStyle: { fontFamily: font },
    grid: { left: 44, right: 16, top: 12, bottom: 26, containLabel: false },
    xAxis: {
      type: 'time',
      axisLabel: { ...axisLabel, formatter: (time: number) => date(time) },
      axisLine: { lineStyle: { color: grid } },
      axisTick: { show: false },
      splitLine: { show: false },
      splitNumber: 4,
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: (extent: { max: number }) => Math.min(1, Math.max(0.1, Math.ceil(extent.max * 10) / 10)),
      axisLabel: { ...axisLabel, formatter: (chance: number) => `${Math.round(chance * 100)}%` },
      splitLine: { lineStyle: { color: grid } },
    },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: surface,
      borderColor: grid,
      textStyle: { color: ink, fontFamily: font, fontSize: 13 },
      formatter: (params: unknown) => tooltip(params, date, percent),
    },
    series: lines.map((line, index) => ({
      type: 'line' as const,
      name: line.team,
      data: line.points,
      color: colours[index]!,
      symbol: 'circle',
      symbolSize: line.points.length > 30 ? 0 : 6,
      showSymbol: line.points.length <= 30,
      lineStyle: { width: 2.5, type: DASHES[index]!.length > 0 ? [...DASHES[index]!] : ('solid' as const) },
      emphasis: { focus: 'series' as const },
    })),
  }
}

function tooltip(params: unknown, date: ChancesInput['date'], percent: ChancesInput['percent']): HTMLElement {
  const points = params as { seriesName: string; value: [number, number] }[]
  // Elements with text content, not markup: team names come from data.
  const element = document.createElement('div')
  const lines = [date(points[0]?.value[0] ?? 0)]
  for (const { seriesName, value } of [...points].sort((a, b) => b.value[1] - a.value[1])) {
    lines.push(`${seriesName}  ${percent(value[1])}`)
  }
  for (const line of lines) element.appendChild(document.createElement('div')).textContent = line
  return element
}
