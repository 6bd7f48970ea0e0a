/** Experiments with models: one typed function per endpoint. */
import { expectItems, expectObject } from './envelope'
import { get, send } from './request'
import type { Experiment, ExperimentReport, ExperimentRequest } from './types'

const path = (name: string) => `/experiments/${encodeURIComponent(name)}`

/** Those that began last first. */
export async function fetchExperiments(limit: number, signal?: AbortSignal): Promise<Experiment[]> {
  return expectItems(await get('/experiments', { limit }, signal))
}

export async function fetchExperiment(name: string, signal?: AbortSignal): Promise<ExperimentReport> {
  return expectObject(await get(path(name), {}, signal), 'experiment', 'verdict', 'words') as unknown as ExperimentReport
}

export async function startExperiment(request: ExperimentRequest): Promise<Experiment> {
  return expectObject(await send('POST', '/experiments', request), 'id') as unknown as Experiment
}

export async function stopExperiment(name: string): Promise<void> {
  await send('POST', `${path(name)}/stop`)
}
