import type { Task } from '../api/types'

export interface Run {
  flow: string
  /** The time that its first known step was asked for. */
  asked: string
  steps: number
}

/** The runs of flows among some jobs, the one asked for last first. */
export function runsOf(tasks: readonly Task[]): Run[] {
  const runs = new Map<string, Run>()
  for (const { flow, enqueued_at } of tasks) {
    if (flow === null) continue
    const run = runs.get(flow)
    if (!run) runs.set(flow, { flow, asked: enqueued_at, steps: 1 })
    else runs.set(flow, { flow, asked: enqueued_at < run.asked ? enqueued_at : run.asked, steps: run.steps + 1 })
  }
  return [...runs.values()].sort((a, b) => b.asked.localeCompare(a.asked))
}
