/** What can be done about a job, and how its times read. */
import type { Task } from '../api/types'

/** In the order of a job's life. */
export const STATUSES = ['blocked', 'waiting', 'running', 'succeeded', 'failed', 'missed', 'cancelled', 'skipped'] as const

export function canCancel(task: Pick<Task, 'status' | 'stop_requested'>): boolean {
  return ['blocked', 'waiting', 'running'].includes(task.status) && !task.stop_requested
}

/** One that ended without success, unless its deadline has passed: what came too late once comes too late again. */
export function canRetry(task: Pick<Task, 'status' | 'deadline'>, now: Date): boolean {
  if (!['failed', 'missed', 'cancelled', 'skipped'].includes(task.status)) return false
  return task.deadline === null || Date.parse(task.deadline) > now.getTime()
}

/** Seconds of the last try, up to now where it still runs; `null` before the first. */
export function secondsTaken({ started_at, ended_at }: Pick<Task, 'started_at' | 'ended_at'>, now: Date): number | null {
  if (started_at === null) return null
  const end = ended_at === null ? now.getTime() : Date.parse(ended_at)
  return Math.max(0, (end - Date.parse(started_at)) / 1000)
}

/** "0.4 s", "12 s", "3 min 20 s", "2 h 5 min": the two largest units. */
export function durationText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`
  const hours = Math.floor(minutes / 60)
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}

/** Whether there is something to read in a value of JSON. */
export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)
}
