/**
 * The shapes of `/api/v1` that this page reads, as `schema.ts` has them from the interface's OpenAPI document.
 * Probabilities are in [0, 1]; times are ISO 8601 in UTC.
 */
import type { components } from './schema'

type Schemas = components['schemas']

export type Outcome = Schemas['OutcomeName']

/** `real`: the promoted model; `fallback`: a simpler model stood in; `mock`: placeholder numbers, never a forecast. */
export type Mode = Schemas['ModeName']

/** Which of the bookmakers' prices a model sees. */
export type View = Schemas['ViewName']

export type League = Schemas['LeagueItem']
export type TeamRef = Schemas['TeamRef']
export type Goals = Schemas['Goals']
export type ForecastSummary = Schemas['ForecastSummary']
export type Match = Schemas['MatchItem']
export type OverUnder = Schemas['OverUnder']
export type CorrectScore = Schemas['CorrectScore']

export type Markets = Schemas['MarketsItem']

/** `probabilities[h][a]` is the probability of h home goals and a away goals, each 0..=max_goals. */
export type ScoreGrid = Schemas['ScoreGridItem']

export type Forecast = Schemas['Prediction']
export type Explanation = Schemas['ExplanationItem']
export type Weather = Schemas['WeatherItem']
export type Metrics = Schemas['Metrics']
export type ModelInfo = Schemas['ModelInfo']

export type SealedForecast = Schemas['SealedItem']
export type Verification = Schemas['VerificationItem']

export type Simulation = Schemas['SimulationItem']
export type TeamChances = Schemas['TeamChancesItem']
export type ChancesHistory = Schemas['Envelope_ChancesHistory']['data']

export type ValueBets = Schemas['Envelope_ValueBetsItem']['data']
export type ValueBet = Schemas['ValueBetItem']
export type PaperLedger = Schemas['Envelope_PaperItem']['data']
export type PaperBet = Schemas['PaperBetItem']
export type Backtests = Schemas['Envelope_BacktestList']['data']
export type Backtest = Schemas['Envelope_BacktestItem']['data']
export type Scorecard = Schemas['ScorecardItem']
export type PaperTotal = Schemas['PaperTotalItem']

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export type Tokens = Schemas['TokenItem']
export type Account = Schemas['Me']
export type LoginMethods = Schemas['LoginMethods']
export type BegunLogin = Schemas['BegunLogin']

export type Task = Schemas['TaskItem']
export type TaskKind = Schemas['KindItem']
export type TaskHealth = Schemas['TaskHealth']
export type Schedule = Schemas['ScheduleItem']
export type Flow = Schemas['FlowItem']
export type FlowRun = Schemas['FlowRun']
export type Asked = Schemas['Asked']
export type Alert = Schemas['AlertItem']
export type AlertDetails = Schemas['AlertDetails']
export type Silence = Schemas['SilenceItem']
export type SilenceRequest = Schemas['SilenceRequest']

export type Quality = Schemas['QualityItem']
export type QualityCheck = Schemas['CheckItem']
export type Finding = Schemas['IssueItem']
export type RowDecision = Schemas['RowDecisionItem']
export type HeldRow = Schemas['HeldItem']
export type Judged = Schemas['Judged']

export type Experiment = Schemas['ExperimentItem']
export type ExperimentReport = Schemas['ExperimentReportItem']
export type ExperimentRequest = Schemas['ExperimentRequest']
export type ExperimentArm = Schemas['ArmItem']
export type ScoreDifference = Schemas['DifferenceItem']
