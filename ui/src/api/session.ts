/** Logging in and out: one typed function per endpoint. */
import { expectObject } from './envelope'
import { get, send, sendAsNobody } from './request'
import type { Account, Tokens } from './types'

function tokensOf(data: unknown): Tokens {
  return expectObject(data, 'access_token', 'refresh_token') as unknown as Tokens
}

export async function requestLogin(name: string, password: string): Promise<Tokens> {
  return tokensOf(await sendAsNobody('/auth/login', { name, password }))
}

/** A refresh token can be used once. */
export async function requestRefresh(refreshToken: string): Promise<Tokens> {
  return tokensOf(await sendAsNobody('/auth/refresh', { refresh_token: refreshToken }))
}

export async function requestLogout(): Promise<void> {
  await send('POST', '/auth/logout')
}

export async function fetchAccount(): Promise<Account> {
  return expectObject(await get('/me', {}), 'user', 'permissions') as unknown as Account
}
