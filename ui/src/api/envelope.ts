/** Opens the envelope every answer comes in, and turns whatever else arrives into one error type. */

export type FailureKind =
  /** No answer: the server is down or the network is. Worth retrying. */
  | 'network'
  /** No answer in time. Worth retrying. */
  | 'timeout'
  /** The server answered with an error envelope (or an error status without one). */
  | 'http'
  /** The answer is not the envelope of this API: a proxy's page, or another version of the server. */
  | 'malformed'

export class ApiError extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly status: number | null = null,
    readonly code: string | null = null,
    readonly details: unknown = null,
  ) {
    super(message)
    this.name = 'ApiError'
  }

  get notFound(): boolean {
    return this.status === 404
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function failure(status: number, body: Record<string, unknown>): ApiError {
  const error = isRecord(body.error) ? body.error : {}
  const message = [error.message, body.message].find((m) => typeof m === 'string' && m !== '')
  const code = typeof error.code === 'string' ? error.code : null
  return new ApiError('http', (message as string | undefined) ?? `HTTP ${status}`, status, code, error.details ?? null)
}

/** The `data` of a successful answer; throws [`ApiError`] for everything else. */
export function openEnvelope(status: number, body: unknown): unknown {
  const ok = status >= 200 && status < 300
  if (!isRecord(body) || typeof body.success !== 'boolean') {
    // An error status explains itself better than "not the envelope" does.
    if (!ok) throw new ApiError('http', `HTTP ${status}`, status)
    throw new ApiError('malformed', 'the answer has no envelope', status)
  }
  if (!ok || !body.success) throw failure(status, body)
  if (body.data === undefined || body.data === null) {
    throw new ApiError('malformed', 'the envelope has no data', status)
  }
  return body.data
}

export function expectObject(data: unknown, ...fields: string[]): Record<string, unknown> {
  if (!isRecord(data)) throw new ApiError('malformed', 'data is not an object')
  const missing = fields.filter((field) => !(field in data))
  if (missing.length > 0) throw new ApiError('malformed', `data lacks ${missing.join(', ')}`)
  return data
}

export function expectPage(data: unknown): { items: unknown[]; next_cursor: string | null } {
  const { items, next_cursor } = expectObject(data, 'items')
  if (!Array.isArray(items)) throw new ApiError('malformed', 'items is not a list')
  return { items, next_cursor: typeof next_cursor === 'string' && next_cursor !== '' ? next_cursor : null }
}

/** The items of a list that comes as a whole. */
export function expectItems<T>(data: unknown): T[] {
  return expectPage(data).items as T[]
}
