import { describe, expect, it } from 'vitest'
import { fairOddsText, percentText, probabilityText, wholeOfPercents } from './percent'

const tenths = (percents: number[]) => Math.round(percents.reduce((sum, p) => sum + p, 0) * 10)

describe('shares of one whole', () => {
  it('add up to 100.0 where rounding each would not', () => {
    expect(wholeOfPercents([1 / 3, 1 / 3, 1 / 3])).toEqual([33.4, 33.3, 33.3])
    expect(tenths(wholeOfPercents([0.12345, 0.12345, 0.7531]))).toBe(1000)
  })

  it('add up to 100.0 for any triple, each within a tenth of the truth', () => {
    for (let h = 0; h <= 97; h++) {
      for (let d = 0; d <= 97 - h; d += 3) {
        const shares = [h / 97, d / 97, (97 - h - d) / 97]
        const percents = wholeOfPercents(shares)
        expect(tenths(percents)).toBe(1000)
        percents.forEach((p, i) => expect(Math.abs(p - shares[i]! * 100)).toBeLessThan(0.1))
      }
    }
  })

  it('are taken of their sum when that is off by a rounding error', () => {
    expect(tenths(wholeOfPercents([0.5003, 0.2501, 0.2501]))).toBe(1000)
  })

  it('are zero when there is nothing to share', () => {
    expect(wholeOfPercents([0, 0, 0])).toEqual([0, 0, 0])
  })
})

describe('the text of a percentage', () => {
  it('has one decimal, in the small too', () => {
    expect(probabilityText(0.005, 'en')).toBe('0.5%')
    expect(probabilityText(0.5, 'en')).toBe('50.0%')
    expect(probabilityText(1, 'en')).toBe('100.0%')
  })

  it('never calls a possible outcome impossible, nor an uncertain one certain', () => {
    expect(probabilityText(0.0004, 'en')).toBe('<0.1%')
    expect(percentText(0, 0.0001, 'en')).toBe('<0.1%')
    expect(probabilityText(0.99996, 'en')).toBe('>99.9%')
    expect(probabilityText(0, 'en')).toBe('0.0%')
  })
})

describe('fair odds', () => {
  it('are the inverse of the probability, with fewer digits as they grow', () => {
    expect(fairOddsText(0.5, 'en')).toBe('2.00')
    expect(fairOddsText(0.021, 'en')).toBe('47.6')
    expect(fairOddsText(0.0043, 'en')).toBe('233')
    expect(fairOddsText(0.0005, 'en')).toBe('>1000')
    expect(fairOddsText(0, 'en')).toBe('–')
  })
})
