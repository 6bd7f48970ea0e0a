import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { decideFinding, decideHeldRow, fetchFindings, fetchHeldRows } from '../../api/quality'
import type { ExperimentReport as Report, HeldRow as Row } from '../../api/types'
import { createTexts, type Locale } from '../../i18n'
import texts from '../../i18n/pages/operations'
import { ok, refused, serve } from '../../testing'
import DecisionForm from './DecisionForm.vue'
import ExperimentReport from './ExperimentReport.vue'
import FindingRow from './FindingRow.vue'
import HeldRow from './HeldRow.vue'
import QualityCard from './QualityCard.vue'

function show(component: unknown, props: Record<string, unknown>, locale: Locale = 'en') {
  const i18n = createTexts(locale)
  for (const name of ['en', 'zh-CN'] as const) i18n.global.mergeLocaleMessage(name, texts[name])
  return mount(component as typeof HeldRow, { props: props as never, global: { plugins: [i18n] }, attachTo: document.body })
}
const spaced = (text: string) => text.replace(/\s+/g, ' ').trim()
afterEach(() => {
  vi.unstubAllGlobals()
  document.body.innerHTML = ''
})

const aRow = (over: Partial<Row> = {}): Row => ({
  id: 5,
  source: 'football-data',
  document: 'E0.csv',
  line: 17,
  rule: 'improbable_score',
  rule_version: 1,
  reason: '20-1 has a chance below 1 in 100 million',
  state: 'held',
  held_at: '2027-08-12T06:00:00Z',
  decisions: [],
  ...over,
})

describe('a held row', () => {
  it('says where it stands, which rule holds it and why; without a login, nothing to press', () => {
    const row = show(HeldRow, { row: aRow() })
    expect(spaced(row.text())).toMatch(/E0\.csv:17 ?held ?a score that hardly ever happens ?20-1 has.*rule improbable_score, version 1/)
    expect(row.find('button, input').exists()).toBe(false)
  })

  it('speaks the reader’s language, and names what this page does not know as the server does', () => {
    expect(show(HeldRow, { row: aRow() }, 'zh-CN').text()).toContain('几乎不会出现的比分')
    expect(show(HeldRow, { row: aRow({ rule: 'new_rule', state: 'new_state' }) }).text()).toMatch(/new_state.*new_rule/s)
  })

  it('keeps its decisions, and says that it follows the last one later', () => {
    const decision = { id: 12, verdict: 'release', reason: 'seen', by: 'user ben', at: '2027-08-12T06:00:00Z', undone_by: null, undone_at: null }
    const row = show(HeldRow, { row: aRow({ decisions: [decision] }) })
    expect(spaced(row.get('[data-test=decision]').text())).toMatch(/^Released: seen \(decision 12 by user ben, .*\)$/)
    expect(row.text()).toContain('follows the decision once its document has been read again')
  })
})

describe('the form of a decision', () => {
  const props = { label: 'Decide', field: 'Why', verdicts: [{ value: 'release', text: 'Release' }, { value: 'refuse', text: 'Refuse' }] }

  it('decides nothing without a reason where one is required', async () => {
    const work = vi.fn(async () => {})
    const form = show(DecisionForm, { ...props, work, required: true })
    await form.get('input').setValue('  ')
    await form.get('[data-verdict=refuse]').trigger('click')
    await flushPromises()
    expect(work).not.toHaveBeenCalled()
    await form.get('input').setValue(' seen on the page ')
    await form.get('[data-verdict=refuse]').trigger('click')
    await flushPromises()
    expect(work).toHaveBeenCalledWith('refuse', 'seen on the page')
    expect(form.get('input').element.value).toBe('')
    expect(form.get('input').attributes('maxlength')).toBe('1000')
  })

  it('keeps the reason and tells what the server refuses', async () => {
    serve(() => refused(404, 'no_held_row', 'there is no such row'))
    const form = show(DecisionForm, { ...props, work: (verdict: string, reason: string) => decideHeldRow(5, verdict, reason) })
    await form.get('input').setValue('late')
    await form.get('[data-verdict=release]').trigger('click')
    await flushPromises()
    expect(form.get('[data-test=action-error]').text()).toContain('there is no such row')
    expect(form.get('input').element.value).toBe('late')
  })
})

describe('a finding', () => {
  const finding = {
    id: 7, table: 'odds', kind: 'price_against_consensus', severity: 'high', state: 'resolved', needs_review: true, message: 'far from all others',
    cause: 'x', document: null, line: 0, detected_at: '2027-08-12T06:00:00Z', handled_by: 'user ben', handled_at: '2027-08-12T07:00:00Z', notes: 'asked',
  }

  it('says what became of it, and has no place where no document brought it', () => {
    const text = spaced(show(FindingRow, { finding }).text())
    expect(text).toMatch(/price_against_consensus ?high ?far from all others.*table odds.*resolved by user ben.*asked/)
    expect(text).not.toContain('at null')
  })
})

describe('the latest check', () => {
  it('says in words that there is none yet, beside what waits', () => {
    const card = show(QualityCard, { quality: { checks: [], waiting: 3, waiting_high: 1 } })
    expect(spaced(card.text())).toMatch(/No check has been made yet.*wait for a person ?3 ?1 of high or critical/)
    expect(card.find('table').exists()).toBe(false)
  })
})

describe('the report of an experiment', () => {
  const report = (over: Partial<Report>): Report => ({
    experiment: { id: 'autumn', control: 'a', treatment: 'b', mode: 'shadow', share: 0, started_at: '2027-08-01T00:00:00Z', ended_at: null },
    in_effect: true, fault: null, matches: 0, waiting: 2, control: null, treatment: null, rps: null, log_loss: null,
    verdict: 'too_early', words: 'nothing can be said after 0 matches: wait for 30', ...over,
  })

  it('says in words that there is nothing to compare yet, and why it does not run', () => {
    expect(spaced(show(ExperimentReport, { report: report({}) }).text())).toMatch(/Too early to say ?nothing can be said after 0 matches.*Nothing can be compared yet/)
    expect(show(ExperimentReport, { report: report({ in_effect: false }) }).text()).toContain('It has no effect at the moment')
    expect(show(ExperimentReport, { report: report({ in_effect: false, fault: 'files are missing' }) }).text()).toContain('files are missing')
  })

  it('compares one match without an error or an interval', () => {
    const score = { value: 0.25, standard_error: null }
    const arm = { rps: score, log_loss: score, answered: 1 }
    const difference = { value: -0.01, standard_error: null, low: null, high: null }
    const text = spaced(show(ExperimentReport, { report: report({ matches: 1, control: arm, treatment: arm, rps: difference, log_loss: difference }) }).text())
    expect(text).toMatch(/over 1 match,.*Control: a ?1 ?0\.2500.*over 1 match:.*-0\.0100 ?too few matches/)
  })
})

describe('requests', () => {
  it('name what is asked for, without empty filters', async () => {
    const sent: unknown[] = []
    const asked = serve((_, init) => {
      sent.push(init?.body ?? null)
      return ok({ items: [] })
    })
    await fetchHeldRows('', 50)
    await fetchFindings({ severity: '', state: 'open', needs_review: false }, 50)
    await decideFinding(7, 'open')
    await decideFinding(7, 'resolved', 'asked')
    expect(asked).toEqual([
      '/api/v1/quality/held?limit=50',
      '/api/v1/quality/findings?state=open&needs_review=false&limit=50',
      '/api/v1/quality/findings/7',
      '/api/v1/quality/findings/7',
    ])
    expect(sent.slice(2)).toEqual(['{"state":"open"}', '{"state":"resolved","notes":"asked"}'])
  })
})
