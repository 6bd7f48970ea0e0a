import { expect, it } from 'vitest'
import type { Task } from '../api/types'
import { runsOf } from './runs'
import { severityTone, statusTone } from './tones'

it('runs of flows are found among jobs, the one asked for last first', () => {
  const task = (flow: string | null, enqueued_at: string) => ({ flow, enqueued_at }) as Task
  expect(
    runsOf([task('b', '2027-08-02T00:00:01Z'), task(null, '2027-08-03T00:00:00Z'), task('b', '2027-08-02T00:00:00Z'), task('a', '2027-08-04T00:00:00Z')]),
  ).toEqual([
    { flow: 'a', asked: '2027-08-04T00:00:00Z', steps: 1 },
    { flow: 'b', asked: '2027-08-02T00:00:00Z', steps: 2 },
  ])
})

it('words of which the page knows nothing are calm', () => {
  expect([statusTone('failed'), statusTone('new'), severityTone('critical'), severityTone('odd')]).toEqual(['bad', 'calm', 'bad', 'calm'])
})
