/** What runs by itself, and what operators do about it: one typed function per endpoint. */
import { expectItems, expectObject, expectPage } from './envelope'
import { get, send } from './request'
import type { Alert, AlertDetails, Asked, Flow, FlowRun, Page, Schedule, Silence, SilenceRequest, Task, TaskHealth, TaskKind } from './types'

const segment = encodeURIComponent

export interface TaskQuery {
  status?: string
  kind?: string
  flow?: string
}

export async function fetchTasks(query: TaskQuery, cursor: string | null, signal?: AbortSignal): Promise<Page<Task>> {
  return expectPage(await get('/tasks', { ...query, cursor, limit: 50 }, signal)) as Page<Task>
}

function task(data: unknown): Task {
  return expectObject(data, 'id', 'kind', 'status') as unknown as Task
}

export async function fetchTask(id: number, signal?: AbortSignal): Promise<Task> {
  return task(await get(`/tasks/${id}`, {}, signal))
}

export async function fetchTaskKinds(signal?: AbortSignal): Promise<TaskKind[]> {
  return expectItems(await get('/tasks/kinds', {}, signal))
}

export async function fetchTaskHealth(signal?: AbortSignal): Promise<TaskHealth> {
  return expectObject(await get('/tasks/health', {}, signal), 'healthy', 'problems', 'backlog') as unknown as TaskHealth
}

export async function runTask(kind: string, matchId: number | null): Promise<Task> {
  return task(await send('POST', '/tasks', matchId === null ? { kind } : { kind, match_id: matchId }))
}

export async function cancelTask(id: number): Promise<Task> {
  return task(await send('POST', `/tasks/${id}/cancel`))
}

export async function retryTask(id: number): Promise<Task> {
  return task(await send('POST', `/tasks/${id}/retry`))
}

export async function fetchSchedules(signal?: AbortSignal): Promise<Schedule[]> {
  return expectItems(await get('/schedules', {}, signal))
}

function schedule(data: unknown): Schedule {
  return expectObject(data, 'id', 'cron', 'next') as unknown as Schedule
}

/** With its next ten times; the list has one of each. */
export async function fetchSchedule(name: string, signal?: AbortSignal): Promise<Schedule> {
  return schedule(await get(`/schedules/${segment(name)}`, {}, signal))
}

export async function changeSchedule(name: string, change: { enabled?: boolean; cron?: string }): Promise<Schedule> {
  return schedule(await send('PATCH', `/schedules/${segment(name)}`, change))
}

export async function runSchedule(name: string): Promise<Asked> {
  return expectObject(await send('POST', `/schedules/${segment(name)}/run`), 'jobs') as unknown as Asked
}

export async function fetchFlows(signal?: AbortSignal): Promise<Flow[]> {
  return expectItems(await get('/flows', {}, signal))
}

export async function fetchFlowRun(run: string, signal?: AbortSignal): Promise<FlowRun> {
  return expectObject(await get(`/flows/${segment(run)}`, {}, signal), 'flow', 'steps') as unknown as FlowRun
}

export async function runFlow(flow: string): Promise<Asked> {
  return expectObject(await send('POST', '/flows', { flow }), 'jobs') as unknown as Asked
}

export interface AlertQuery {
  open?: boolean
  severity?: string
}

export async function fetchAlerts(query: AlertQuery, cursor: string | null, signal?: AbortSignal): Promise<Page<Alert>> {
  return expectPage(await get('/alerts', { ...query, cursor, limit: 50 }, signal)) as Page<Alert>
}

export async function fetchAlert(id: number, signal?: AbortSignal): Promise<AlertDetails> {
  return expectObject(await get(`/alerts/${id}`, {}, signal), 'alert', 'notices') as unknown as AlertDetails
}

export async function acknowledgeAlert(id: number): Promise<void> {
  await send('POST', `/alerts/${id}/acknowledge`)
}

export async function fetchSilences(signal?: AbortSignal): Promise<Silence[]> {
  return expectItems(await get('/alerts/silences', {}, signal))
}

export async function addSilence(request: SilenceRequest): Promise<void> {
  await send('POST', '/alerts/silences', request)
}

export async function endSilence(id: number): Promise<void> {
  await send('DELETE', `/alerts/silences/${id}`)
}
