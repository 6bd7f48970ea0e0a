import { describe, expect, it } from 'vitest'
import { aMatch } from '../testing'
import en from './en'
import { dataDate, fixed, instant, kickoffTime, longDate, relativeDay } from './format'
import { createTexts, initialLocale, rememberLocale } from './index'
import type { PageTexts } from './usePageTexts'
import zhCN from './zh-CN'

const storage = (value: string | null) => ({ getItem: () => value })

describe('the first language', () => {
  it('is the remembered one, else the browser’s, else English', () => {
    expect(initialLocale(storage('zh-CN'), ['en-GB'])).toBe('zh-CN')
    expect(initialLocale(storage(null), ['fr-FR', 'zh-Hans-CN', 'en'])).toBe('zh-CN')
    expect(initialLocale(storage('tlh'), ['fr-FR'])).toBe('en')
  })

  it('survives a forbidden storage', () => {
    const forbidden = () => {
      throw new Error('denied')
    }
    expect(initialLocale({ getItem: forbidden }, ['en'])).toBe('en')
    expect(() => rememberLocale({ setItem: forbidden }, 'en')).not.toThrow()
  })
})

describe('the texts', () => {
  const paths = (node: object, prefix = ''): [string, string][] =>
    Object.entries(node).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value] as [string, string]] : paths(value, `${prefix}${key}.`),
    )
  const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

  const parts = import.meta.glob<{ default: PageTexts<object> }>('./pages/*.ts', { eager: true })
  const all = { page: { en, 'zh-CN': zhCN }, ...Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.default])) }

  it.each(Object.entries(all))('have the same keys and placeholders in both languages: %s', (_, texts) => {
    const [english, chinese] = [paths(texts.en), new Map(paths(texts['zh-CN']))]
    for (const [key, text] of english) {
      expect(chinese.has(key), key).toBe(true)
      expect(placeholders(chinese.get(key)!), key).toEqual(placeholders(text))
    }
    expect(chinese.size).toBe(english.length)
  })

  it('of one part do not hide those of another', () => {
    const names = Object.values(all).flatMap((texts) => Object.keys(texts.en))
    expect(new Set(names).size).toBe(names.length)
  })

  it('count matches in each language', () => {
    const { t, locale } = createTexts('en').global
    expect([1, 19].map((count) => t('matches.count', { count }, count))).toEqual(['1 match', '19 matches'])
    locale.value = 'zh-CN'
    expect(t('matches.count', { count: 19 }, 19)).toBe('19 场比赛')
  })
})

describe('dates and numbers', () => {
  it('write a calendar date without moving it across zones', () => {
    expect(longDate('2027-08-14', 'en')).toBe('Saturday, August 14, 2027')
    expect(longDate('2027-08-14', 'zh-CN')).toBe('2027年8月14日星期六')
  })

  it('know today and tomorrow in the reader’s zone, across the end of a month', () => {
    const now = new Date('2027-09-01T02:00:00Z')
    expect(relativeDay('2027-08-31', now, 'America/New_York')).toBe('today')
    expect(relativeDay('2027-09-01', now, 'America/New_York')).toBe('tomorrow')
    expect(relativeDay('2027-09-01', now, 'UTC')).toBe('today')
    expect(relativeDay('2027-09-05', now, 'UTC')).toBeNull()
  })

  it('give the kick-off in the reader’s zone, and none when only the day is known', () => {
    expect(kickoffTime(aMatch({ kickoff: '2027-08-14T14:00:00Z' }), 'en', 'Europe/London')).toBe('15:00')
    expect(kickoffTime(aMatch({ kickoff: '2027-08-14T23:30:00Z' }), 'en', 'Europe/London')).toBe('00:30')
    expect(kickoffTime(aMatch({ kickoff_precision: 'day' }), 'en')).toBeNull()
  })

  it('keep a bare date bare, and an unreadable one as it came', () => {
    expect(instant('2027-08-11', 'en', 'America/New_York')).toBe('Aug 11, 2027')
    expect(instant('2027-08-12T06:00:00Z', 'en', 'UTC')).toBe('Aug 12, 2027, 06:00')
    expect(instant('soon', 'en')).toBe('soon')
    expect(dataDate('2027-08-11T23:59:59Z', 'en')).toBe('Aug 11, 2027')
  })

  it('round to the digits asked for', () => {
    expect(fixed(0.20434, 4, 'en')).toBe('0.2043')
    expect(fixed(1, 2, 'en')).toBe('1.00')
  })
})
