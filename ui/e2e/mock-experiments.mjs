/** Invented experiments: one that runs and has nothing to compare, and two that have ended. */

const NOW = Date.UTC(2027, 7, 12, 6)
const ago = (days) => new Date(NOW - days * 86_400_000).toISOString().replace('.000Z', 'Z')

const experiment = (id, treatment, mode, share, began, ended) => ({
  id,
  control: '2027-05-02-a',
  treatment,
  mode,
  share,
  started_at: ago(began),
  ended_at: ended === null ? null : ago(ended),
})

const NOTHING = {
  in_effect: true,
  fault: null,
  matches: 0,
  waiting: 0,
  control: null,
  treatment: null,
  rps: null,
  log_loss: null,
  verdict: 'too_early',
  words: 'nothing can be said after 0 matches: wait for 30',
}

const arm = (rps, log_loss, answered) => ({
  rps: { value: rps, standard_error: 0.0081 },
  log_loss: { value: log_loss, standard_error: 0.0214 },
  answered,
})

/** What is shown, by the name of the experiment. */
const REPORTS = {
  autumn: { ...NOTHING, waiting: 12 },
  summer: {
    in_effect: false,
    fault: null,
    matches: 214,
    waiting: 0,
    control: arm(0.2043, 0.9812, 214),
    treatment: arm(0.2039, 0.9803, 0),
    rps: { value: -0.0004, standard_error: 0.0006, low: -0.0022, high: 0.0014 },
    log_loss: { value: -0.0009, standard_error: 0.0015, low: -0.0054, high: 0.0036 },
    verdict: 'no_difference',
    words: 'no difference shown after 214 matches',
  },
  spring: {
    in_effect: false,
    fault: null,
    matches: 460,
    waiting: 0,
    control: arm(0.2061, 0.9874, 371),
    treatment: arm(0.2022, 0.9761, 89),
    rps: { value: -0.0039, standard_error: 0.0009, low: -0.0065, high: -0.0013 },
    log_loss: { value: -0.0113, standard_error: 0.0024, low: -0.0182, high: -0.0044 },
    verdict: 'treatment_better',
    words: 'the treatment is better: RPS lower by 0.00390 (0.00130 to 0.00650) after 460 matches',
  },
}

const found = (data) => ({ status: 200, data })
const failed = (status, code, message) => ({ status, code, message })

export function experiments(scenario) {
  const all =
    scenario === 'empty'
      ? []
      : [
          experiment('autumn', '2027-08-01-b', 'split', 0.2, 3, null),
          experiment('summer', '2027-07-01-c', 'shadow', 0, 40, 5),
          experiment('spring', '2027-04-01-d', 'split', 0.2, 130, 60),
        ]
  const running = () => all.find(({ ended_at }) => ended_at === null)

  function read(path, query) {
    if (path === '/experiments') return found({ items: all.slice(0, Number(query.get('limit') ?? 20)) })
    const one = all.find(({ id }) => id === decodeURIComponent(path.split('/')[2]))
    if (!one) return failed(404, 'no_experiment', 'no experiment has this name')
    return found({ experiment: one, ...(REPORTS[one.id] ?? NOTHING) })
  }

  function write(_method, path, body) {
    const [, , name, verb] = path.split('/')
    if (verb === 'stop') {
      const one = running()
      if (one?.id !== decodeURIComponent(name)) return failed(409, 'not_running', 'no experiment of this name runs')
      return found(Object.assign(one, { ended_at: ago(0) }))
    }
    if (running()) return failed(409, 'experiment_runs', `the experiment ${running().id} runs; end it first`)
    if (all.some(({ id }) => id === body.id)) return failed(409, 'name_used', `there was an experiment ${body.id} before; choose another name`)
    const begun = experiment(body.id, body.treatment === 'challenger' ? '2027-08-01-b' : body.treatment, body.mode, body.share ?? 0, 0, null)
    all.unshift(begun)
    return found(begun)
  }

  return { read, write }
}
