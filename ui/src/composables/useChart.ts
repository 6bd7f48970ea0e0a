import { init, type EChartsCoreOption, type EChartsType } from 'echarts/core'
import { onBeforeUnmount, onMounted, watch, type Ref, type WatchSource } from 'vue'
import { useI18n } from 'vue-i18n'
import { useMediaQuery } from './useMediaQuery'

/** A value of the page's style sheet, such as `--ink`. */
export function styleValue(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

export function pageFont(): string {
  return getComputedStyle(document.body).fontFamily
}

/** A canvas chart in `box`: drawn again when its sources, its size, the language or the colours change. */
export function useChart(box: Readonly<Ref<HTMLElement | null | undefined>>, option: () => EChartsCoreOption, sources: WatchSource[]) {
  let chart: EChartsType | undefined
  let observer: ResizeObserver | undefined
  const { locale } = useI18n()
  const dark = useMediaQuery('(prefers-color-scheme: dark)')
  const draw = () => chart?.setOption(option(), true)

  onMounted(() => {
    chart = init(box.value!, null, { renderer: 'canvas' })
    draw()
    observer = new ResizeObserver(() => {
      chart?.resize()
      draw()
    })
    observer.observe(box.value!)
    // A canvas does not repaint by itself when the web font arrives.
    void document.fonts?.ready.then(() => chart && !chart.isDisposed() && draw())
  })
  onBeforeUnmount(() => {
    observer?.disconnect()
    chart?.dispose()
  })
  watch([locale, dark, ...sources], draw, { flush: 'post' })
}
