/** Figures of experiments as text. */
import type { ExperimentArm, ScoreDifference } from '../api/types'
import { fixed, signed } from '../i18n/format'

const DIGITS = 4

/** "0.2043 ± 0.0019"; the mean alone of one match, which has no standard error. */
export function scoreText({ value, standard_error }: ExperimentArm['rps'], locale: string): string {
  const mean = fixed(value, DIGITS, locale)
  return standard_error === null ? mean : `${mean} ± ${fixed(standard_error, DIGITS, locale)}`
}

/** The mean difference and its interval; `few` where too few matches give none. */
export function differenceTexts({ value, standard_error, low, high }: ScoreDifference, few: string, locale: string): [string, string] {
  const mean = signed(value, DIGITS, locale)
  return [
    standard_error === null ? mean : `${mean} ± ${fixed(standard_error, DIGITS, locale)}`,
    low === null || high === null ? few : `${signed(low, DIGITS, locale)} … ${signed(high, DIGITS, locale)}`,
  ]
}
