/** Invented operations: jobs, the timetable, flows, alerts, and two accounts. What is changed stays so until a reset. */
import { experiments } from './mock-experiments.mjs'
import { quality } from './mock-quality.mjs'

const NOW = Date.UTC(2027, 7, 12, 6)
const MINUTE = 60_000
const iso = (time) => new Date(time).toISOString().replace('.000Z', 'Z')
const ago = (minutes) => iso(NOW - minutes * MINUTE)

export const PASSWORD = 'correct horse battery'
const ACCOUNTS = {
  ben: { role: 'operator', permissions: ['read', 'read_audit', 'seal', 'promote', 'operate', 'review_data'] },
  vic: { role: 'viewer', permissions: ['read'] },
}

const KINDS = [
  ['backup_full', 'backup', 'Copies the whole database away.', 24],
  ['odds_collection', 'odds', 'Collects prices of matches to come.', 1],
  ['prediction', 'default', 'Seals the forecast of a match before its kick-off.', null],
  ['quality_check', 'maintenance', 'Judges what came in since the last check.', 4],
  ['verification', 'default', 'Compares sealed forecasts with results.', 1],
].map(([name, queue, about, objective_hours], n) => ({
  name,
  aliases: [],
  about,
  component: queue,
  queue,
  attempts: 5,
  soft_limit_minutes: 10,
  hard_limit_minutes: 20,
  objective_hours,
  last_success: ago(20 + n),
}))

const RUN = 'daily_data_collection@2027-08-12T02:00:00Z'
const STATUSES = ['running', 'waiting', 'succeeded', 'succeeded', 'failed', 'succeeded', 'missed', 'cancelled', 'blocked', 'succeeded']

function taskOf(n, count) {
  const status = STATUSES[n % STATUSES.length]
  const kind = KINDS[n % KINDS.length]
  const ended = ['succeeded', 'failed'].includes(status)
  const inFlow = n >= 10 && n < 14
  return {
    id: count - n,
    kind: kind.name,
    key: `${kind.name}@${ago(n * 7)}`,
    queue: kind.queue,
    status,
    parameters: kind.name === 'quality_check' ? { full: true } : {},
    match_id: kind.name === 'prediction' ? 1001 + n : null,
    due_at: ago(n * 7),
    deadline: kind.name === 'prediction' ? ago(n * 7 - 30) : null,
    attempt: status === 'waiting' || status === 'blocked' ? 0 : status === 'failed' ? 5 : 1,
    attempts: 5,
    worker: status === 'running' ? 'worker-a' : null,
    stop_requested: false,
    enqueued_at: ago(n * 7 + 1),
    started_at: ended || status === 'running' ? ago(n * 7) : null,
    ended_at: ended ? ago(n * 7 - 0.7) : null,
    flow: inFlow ? RUN : null,
    step: inFlow ? ['fixtures', 'odds', 'quality', 'verification'][n - 10] : null,
    error_type: status === 'failed' ? 'network' : null,
    error_message: status === 'failed' ? 'the-odds-api.example did not answer within 20 s; it is tried again when asked' : null,
    result: status === 'succeeded' ? { stored: 12 * n, unchanged: 3 } : null,
  }
}

const SCHEDULES = [
  ['collect-odds-regular', 'odds_collection', '*/5 * * * *', 5],
  ['daily-data-collection', 'daily_data_collection', '0 2 * * *', 1440],
  ['daily-full-backup', 'backup_full', '0 3 * * *', 1440],
  ['match-triggers', 'prediction', '', 0],
  ['verification', 'verification', '*/15 * * * *', 15],
].map(([id, job, cron, minutes]) => ({
  id,
  job,
  cron,
  parameters: {},
  enabled: id !== 'daily-full-backup',
  misfire: minutes > 60 ? 'run_once' : 'skip',
  edited: id === 'daily-full-backup',
  minutes,
}))

const FLOWS = [
  {
    name: 'daily_data_collection',
    aliases: ['daily-data-collection'],
    about: 'Collects every source, looks at the quality, verifies forecasts.',
    steps: ['fixtures', 'odds', 'quality', 'verification'],
  },
  { name: 'quality_check_and_repair', aliases: ['quality-check'], about: 'Checks, and collects again what is missing.', steps: ['check', 'collect'] },
]

const alert = (id, name, component, severity, over) => ({
  id,
  name,
  component,
  subject: 'backup_full',
  severity,
  summary: `${name}: backup_full failed twice`,
  details: 'No space left on the device.\nThe last good backup is 27 hours old.',
  advice: ['Make room on the disk of the backups.', 'Try the job again.'],
  first_seen: ago(600),
  last_seen: ago(2),
  resolved_at: over ? ago(300) : null,
  acknowledged_by: null,
  acknowledged_at: null,
  told_times: id % 3,
  told_at: ago(60),
})

const NOTICES = [
  { channel: 'mail', kind: 'firing', queued_at: ago(600), delivered_at: ago(599), failures: 0, fault: null },
  { channel: 'chat', kind: 'reminder', queued_at: ago(60), delivered_at: null, failures: 2, fault: 'HTTP 500' },
]

const found = (data) => ({ status: 200, data })
const failed = (status, code, message) => ({ status, code, message })

/** Answers about operations; `page` cuts a list as the interface does. */
export function operations(scenario, page) {
  const empty = scenario === 'empty'
  const tasks = empty ? [] : Array.from({ length: 120 }, (_, n) => taskOf(n, 120))
  const schedules = SCHEDULES.map((schedule) => ({ ...schedule }))
  const alerts = empty ? [] : [alert(7, 'BackupFailure', 'backup', 'critical', false), alert(6, 'SourceSilent', 'odds', 'medium', false), alert(5, 'DiskFull', 'disk', 'high', true)]
  const silences = []
  const tokens = new Map()
  /** What else has a state, by the first word of its paths, and what it takes to change it. */
  const others = { quality: { ...quality(scenario), permission: 'review_data' }, experiments: { ...experiments(scenario), permission: 'promote' } }

  const lined = ({ minutes, ...line }, count) => ({
    ...line,
    next: line.enabled && minutes > 0 ? Array.from({ length: count }, (_, n) => iso(NOW + (n + 1) * minutes * MINUTE)) : [],
  })
  const health = () => ({
    healthy: empty,
    problems: empty ? [] : ['2 of 14 jobs of the last hour failed', 'backup_full has not succeeded for 27 hours'],
    ended: empty ? 0 : 14,
    failed: empty ? 0 : 2,
    backlog: { odds: empty ? 0 : 3, default: 0 },
    delay_seconds: 4,
    workers: empty ? 0 : 2,
    leader: empty ? null : 'scheduler-1',
  })

  function read(path, query) {
    const [, resource, name, more] = /^\/(\w+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path) ?? []
    const wanted = decodeURIComponent(name ?? '')
    if (path === '/tasks/health') return found(health())
    if (path === '/tasks/kinds') return found({ items: KINDS })
    if (path === '/alerts/silences') return found({ items: silences })
    if (more) return null
    if (resource === 'tasks' && !name) {
      const [status, kind] = [query.get('status'), query.get('kind')]
      return found(page(tasks.filter((task) => (!status || task.status === status) && (!kind || task.kind === kind)), query))
    }
    if (resource === 'tasks') {
      const task = tasks.find(({ id }) => id === Number(name))
      return task ? found(task) : failed(404, 'no_task', 'no job has this number')
    }
    if (path === '/schedules') return found({ items: schedules.map((line) => lined(line, 1)) })
    if (resource === 'schedules') return found(lined(schedules.find(({ id }) => id === wanted), 10))
    if (path === '/flows') return found({ items: FLOWS })
    if (resource === 'flows') {
      const steps = tasks.filter(({ flow }) => flow === wanted).reverse()
      return steps.length ? found({ flow: wanted, steps }) : failed(404, 'no_run', 'no run of a flow is known by this')
    }
    if (path === '/alerts') {
      const open = query.get('open')
      return found(page(alerts.filter((item) => open === null || (item.resolved_at === null) === (open === 'true')), query))
    }
    const one = alerts.find(({ id }) => id === Number(name))
    if (resource === 'alerts') return one ? found({ alert: one, notices: NOTICES }) : failed(404, 'no_alert', 'no alert has this number')
    return null
  }

  function account(path, body, token) {
    if (path === '/auth/methods') return found({ password: true, provider: null, registration: false })
    if (path === '/auth/login') {
      if (!ACCOUNTS[body.name] || body.password !== PASSWORD) return failed(401, 'wrong_login', 'name or password is wrong')
      const access = `token-${body.name}-${tokens.size}`
      tokens.set(access, body.name)
      const user = { name: body.name, role: ACCOUNTS[body.name].role, disabled: false, created_at: ago(9000), last_login_at: ago(0) }
      return found({ access_token: access, refresh_token: `refresh-${access}`, token_type: 'Bearer', expires_in: 900, user })
    }
    const name = tokens.get(token)
    if (!name) return failed(401, 'unauthorized', 'log in first')
    if (path === '/auth/logout') tokens.delete(token)
    const { role, permissions } = ACCOUNTS[name]
    if (path === '/me') return found({ user: { name, role, disabled: false, created_at: ago(9000), last_login_at: ago(0) }, permissions })
    return path === '/auth/logout' ? found({ done: true }) : null
  }

  function write(method, path, body) {
    const [, resource, name, verb] = /^\/(\w+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path) ?? []
    const wanted = decodeURIComponent(name ?? '')
    if (path === '/tasks') {
      if (!KINDS.some((kind) => kind.name === body.kind)) return failed(404, 'no_kind', `there is no kind of job ${body.kind}`)
      const task = { ...taskOf(1, 0), id: tasks.length + 1, kind: body.kind, match_id: body.match_id ?? null, due_at: ago(0) }
      tasks.unshift(task)
      return found(task)
    }
    if (resource === 'tasks') {
      const task = tasks.find(({ id }) => id === Number(name))
      if (verb === 'cancel') task.status = 'cancelled'
      else if (task.kind === 'verification') return failed(409, 'not_again', 'this job is not tried again: its match was called off')
      else task.status = 'waiting'
      return found(task)
    }
    if (resource === 'schedules' && verb === 'run') return found({ flow: null, jobs: 1 })
    if (resource === 'schedules') {
      if (body.cron && body.cron.split(' ').length !== 5) return failed(400, 'invalid_times', 'the times need five fields, such as */10 * * * *')
      const line = Object.assign(schedules.find(({ id }) => id === wanted), body, { edited: true })
      return found(lined(line, 10))
    }
    if (path === '/flows') return found({ flow: RUN, jobs: 4 })
    if (path === '/alerts/silences') {
      const silence = { id: silences.length + 1, name: null, component: null, subject: null, created_by: 'user ben', created_at: ago(0), ...body, until: iso(NOW + body.minutes * MINUTE) }
      silences.unshift(silence)
      return found(silence)
    }
    if (method === 'DELETE') {
      silences.splice(silences.findIndex(({ id }) => id === Number(verb)), 1)
      return found({ done: true })
    }
    return found(Object.assign(alerts.find(({ id }) => id === Number(name)), { acknowledged_by: 'user ben', acknowledged_at: ago(0) }))
  }

  /** `null` where the path is of something else. */
  return function answer(method, path, query, body, token) {
    if (path.startsWith('/auth/') || path === '/me') return account(path, body, token)
    const [, first] = /^\/(tasks|schedules|flows|alerts|quality|experiments)\b/.exec(path) ?? []
    if (!first) return null
    const view = others[first] ?? { read, write, permission: 'operate' }
    if (method === 'GET') return view.read(path, query)
    const name = tokens.get(token)
    if (!name) return failed(401, 'unauthorized', 'log in first')
    if (!ACCOUNTS[name].permissions.includes(view.permission)) return failed(403, 'forbidden', 'an operator may do this')
    return view.write(method, path, body)
  }
}
