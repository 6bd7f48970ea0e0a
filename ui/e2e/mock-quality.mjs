/** Invented quality of data: a check, rows that are held back with their decisions, and findings. */

const NOW = Date.UTC(2027, 7, 12, 6)
const ago = (hours) => new Date(NOW - hours * 3_600_000).toISOString().replace('.000Z', 'Z')

const CHECK = {
  checked_at: ago(0.4),
  profile: 'default',
  full: false,
  scores: { overall: 97.4, matches: 99.1, odds: 94.2 },
  freshness_hours: { matches: 3.2, odds: 0.3, weather: 9 },
  findings: 14,
  new_findings: 3,
  missing_matches: 2,
  matches: 41872,
  quotes: 318204,
}

const HELD = [
  ['improbable_score', 'MER1-2027.csv', 212, 'Pellbrook - Fennick on 2027-08-07: 20-1 has a chance below 1 in 100 million', 'held'],
  ['half_time_above_full_time', 'MER1-2027.csv', 208, 'Oxmoor - Tarn Vale on 2027-08-07: 3-0 at half-time and 1-0 at the end', 'held'],
  ['outside_season', 'MER2-2027.csv', 17, 'Harrow Wick - Aldersyke on 2021-08-07: outside 2027-28', 'held'],
  ['duplicated_round', 'MER1-2026.csv', 95, 'Fennick - Oxmoor on 2027-03-02: the results of 2027-02-23 once more', 'refused'],
  ['improbable_score', 'MER2-2026.csv', 44, 'Aldersyke - Pellbrook on 2026-11-14: 17-0 has a chance below 1 in 100 million', 'corrected'],
]

const FINDINGS = [
  ['price_against_consensus', 'odds', 'high', 'prices of one bookmaker are far from those of all others: home and away exchanged', null, 0],
  ['improbable_score', 'matches', 'high', 'a score that hardly ever happens: a digit too many', 'MER1-2027.csv', 212],
  ['missing_columns', 'matches', 'critical', 'the half-time scores are gone: a truncated or changed file', 'MER2-2027.csv', 0],
]

const MANY = 120

const found = (data) => ({ status: 200, data })
const failed = (status, code, message) => ({ status, code, message })

/** What was decided counts at once, as if a worker had read the documents again. */
export function quality(scenario) {
  const empty = scenario === 'empty'
  const rows = (empty ? [] : HELD).map(([rule, document, line, reason, state], n) => ({
    id: HELD.length - n,
    source: 'football-data',
    document,
    line,
    rule,
    rule_version: 1,
    reason,
    state,
    held_at: ago(5 + n),
    decisions: state === 'refused' ? [{ id: 11, verdict: 'refuse', reason: 'delivered twice', by: 'user ben', at: ago(4), undone_by: null, undone_at: null }] : [],
  }))
  const findings = (empty ? [] : Array.from({ length: MANY }, (_, n) => FINDINGS[n % FINDINGS.length])).map(
    ([kind, table, severity, message, document, line], n) => ({
      id: MANY - n,
      table,
      kind,
      severity,
      state: 'open',
      needs_review: n % 4 !== 3,
      message,
      cause: `cause ${n}`,
      document,
      line,
      detected_at: ago(n),
      handled_by: null,
      handled_at: null,
      notes: null,
    }),
  )
  let decisions = 11
  let jobs = 500

  function read(path, query) {
    const limit = Number(query.get('limit') ?? 50)
    const wanted = (name) => query.get(name)
    if (path === '/quality') {
      const waiting = findings.filter(({ state, needs_review }) => state === 'open' && needs_review)
      const high = waiting.filter(({ severity }) => severity !== 'low' && severity !== 'medium')
      return found({ checks: empty ? [] : [CHECK], waiting: waiting.length, waiting_high: high.length })
    }
    if (path === '/quality/held') return found({ items: rows.filter(({ state }) => !wanted('state') || state === wanted('state')).slice(0, limit) })
    const matching = findings.filter(
      ({ severity, state, needs_review }) =>
        (!wanted('severity') || severity === wanted('severity')) &&
        (!wanted('state') || state === wanted('state')) &&
        (wanted('needs_review') !== 'true' || needs_review),
    )
    return found({ items: matching.slice(0, limit) })
  }

  function decide(row, { verdict, reason }) {
    if (!row) return failed(404, 'no_held_row', 'there is no such row; GET /api/v1/quality/held lists them')
    if (!reason?.trim() || reason.length > 1000) return failed(400, 'invalid_body', 'reason: write 1 to 1000 characters, none of them a control character')
    const decision = { id: (decisions += 1), verdict, reason, by: 'user ben', at: ago(0), undone_by: null, undone_at: null }
    row.decisions.push(decision)
    row.state = verdict === 'release' ? 'released' : 'refused'
    return found({ decision: decision.id, job: (jobs += 1) })
  }

  function takeBack(id) {
    const row = rows.find((candidate) => candidate.decisions.some((decision) => decision.id === id && decision.undone_at === null))
    if (!row) return failed(404, 'no_decision', 'there is no decision of this number that could be taken back')
    Object.assign(row.decisions.find((decision) => decision.id === id), { undone_by: 'user ben', undone_at: ago(0) })
    row.state = 'held'
    return found({ decision: id, job: (jobs += 1) })
  }

  function handle(finding, { state, notes }) {
    if (!finding) return failed(404, 'no_finding', 'there is no such finding; GET /api/v1/quality/findings lists them')
    Object.assign(finding, { state, notes: notes ?? null, handled_by: 'user ben', handled_at: ago(0) })
    return found({ id: finding.id, state })
  }

  function write(method, path, body) {
    const [, of, number] = /^\/quality\/(\w+)\/(\d+)$/.exec(path) ?? []
    const byId = ({ id }) => id === Number(number)
    if (of === 'decisions' && method === 'DELETE') return takeBack(Number(number))
    if (of === 'held') return decide(rows.find(byId), body)
    return of === 'findings' ? handle(findings.find(byId), body) : null
  }

  return { read, write }
}
