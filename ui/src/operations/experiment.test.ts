import { describe, expect, it } from 'vitest'
import { differenceTexts, scoreText } from './experiment'

describe('figures of an experiment', () => {
  it('have a standard error where there are matches enough for one', () => {
    expect(scoreText({ value: 0.20434, standard_error: 0.00192 }, 'en')).toBe('0.2043 ± 0.0019')
    expect(scoreText({ value: 0.25, standard_error: null }, 'en')).toBe('0.2500')
  })

  it('compare with their sign, and say where too few matches give no interval', () => {
    const difference = { value: -0.0039, standard_error: 0.0009, low: -0.0065, high: 0.0013 }
    expect(differenceTexts(difference, 'too few', 'en')).toEqual(['-0.0039 ± 0.0009', '-0.0065 … +0.0013'])
    const one = { value: 0.01, standard_error: null, low: null, high: null }
    expect(differenceTexts(one, 'too few', 'en')).toEqual(['+0.0100', 'too few'])
  })
})
