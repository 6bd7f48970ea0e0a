/** The chart description of a score grid: three hues for the three outcomes, depth for probability. */
import type { HeatmapSeriesOption } from 'echarts/charts'
import type { GridComponentOption, TooltipComponentOption, VisualMapComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import type { Outcome } from '../api/types'
import type { Cell, GridView } from './score-grid'

export type HeatmapOption = ComposeOption<
  HeatmapSeriesOption | GridComponentOption | TooltipComponentOption | VisualMapComponentOption
>

export type HeatmapColours = Record<Outcome | 'floor' | 'gap' | 'ink' | 'muted' | 'surface' | 'line', string>

export interface HeatmapInput {
  view: GridView
  colours: HeatmapColours
  /** Pixels; decides how much text a cell can carry. */
  width: number
  font: string
  homeName: string
  awayName: string
  homeGoals: string
  awayGoals: string
  percent: (probability: number) => string
}

const OUTCOMES: readonly Outcome[] = ['home_win', 'draw', 'away_win']

export function heatmapOption(input: HeatmapInput): HeatmapOption {
  const { view, colours, font } = input
  const goals = (most: number) => Array.from({ length: most + 1 }, (_, n) => String(n))
  const cellWidth = (input.width - 44) / (view.awayGoals + 1)
  const axis = {
    type: 'category' as const,
    axisLine: { show: false },
    axisTick: { show: false },
    splitArea: { show: false },
    axisLabel: { color: colours.ink, fontFamily: font, fontSize: 12, fontWeight: 600 as const },
    nameLocation: 'middle' as const,
    nameTextStyle: { color: colours.muted, fontFamily: font, fontSize: 12 },
  }
  return {
    animation: false,
    textStyle: { fontFamily: font },
    grid: { left: 40, right: 4, top: 40, bottom: 4, containLabel: false },
    xAxis: { ...axis, data: goals(view.awayGoals), position: 'top', name: input.awayGoals, nameGap: 22 },
    yAxis: { ...axis, data: goals(view.homeGoals), inverse: true, name: input.homeGoals, nameGap: 24 },
    // One scale per outcome: a heat map takes its colours from a visual map, and all three share the peak.
    visualMap: OUTCOMES.map((outcome, index) => ({
      type: 'continuous' as const,
      show: false,
      seriesIndex: index,
      min: 0,
      max: view.peak > 0 ? view.peak : 1,
      inRange: { color: [colours.floor, colours[outcome]] },
    })),
    tooltip: {
      trigger: 'item',
      confine: true,
      backgroundColor: colours.surface,
      borderColor: colours.line,
      textStyle: { color: colours.ink, fontFamily: font, fontSize: 13 },
      formatter: (params: unknown) => tooltip(params, input),
    },
    series: OUTCOMES.map((outcome) => ({
      type: 'heatmap' as const,
      name: outcome,
      data: view.cells.filter((cell) => cell.outcome === outcome).map((cell) => point(cell, cellWidth, input)),
      itemStyle: { borderColor: colours.gap, borderWidth: 2, borderRadius: 5 },
      emphasis: { itemStyle: { borderColor: colours.ink, borderWidth: 2 } },
    })),
  }
}

function point(cell: Cell, cellWidth: number, { view, colours, font }: HeatmapInput) {
  const strength = view.peak > 0 ? cell.probability / view.peak : 0
  const percent = cell.probability * 100
  // "0.0" in a narrow cell would be noise and untrue; a dot says "there is something".
  const text = percent < 0.05 ? '·' : percent.toFixed(1)
  return {
    value: [cell.away, cell.home, cell.probability],
    label: {
      show: true,
      formatter: text,
      fontFamily: font,
      fontSize: cellWidth < 36 ? 10 : 12,
      fontWeight: strength > 0.6 ? 700 : 500,
      color: labelColour(cell, strength, colours),
    },
  }
}

function labelColour(cell: Cell, strength: number, colours: HeatmapColours): string {
  const background = mix(colours.floor, colours[cell.outcome], strength)
  return luminance(background) > 0.19 ? '#0c1512' : '#ffffff'
}

function tooltip(params: unknown, { homeName, awayName, percent }: HeatmapInput): HTMLElement {
  const { value } = params as { value: [number, number, number] }
  const [away, home, probability] = value
  // An element with text content, not markup: team names come from data.
  const element = document.createElement('div')
  element.textContent = `${homeName} ${home}–${away} ${awayName}  ${percent(probability)}`
  element.style.whiteSpace = 'normal'
  element.style.maxWidth = '240px'
  return element
}

type Rgb = [number, number, number]

function rgb(hex: string): Rgb {
  const digits = /^#([0-9a-f]{6})$/i.exec(hex)?.[1] ?? '808080'
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16)) as Rgb
}

function mix(from: string, to: string, share: number): Rgb {
  const [a, b] = [rgb(from), rgb(to)]
  return a.map((channel, i) => channel + (b[i]! - channel) * share) as Rgb
}

/** Relative luminance as WCAG 2 defines it. */
function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((channel) => {
    const c = channel / 255
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }) as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
