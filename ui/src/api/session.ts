/** Logging in and out: one typed function per endpoint. */
import { expectObject } from './envelope'
import { get, send, sendAsNobody } from './request'
import type { Account, BegunLogin, LoginMethods, Tokens } from './types'

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

export async function fetchLoginMethods(): Promise<LoginMethods> {
  return expectObject(await get('/auth/methods', {}), 'provider') as unknown as LoginMethods
}

export async function requestProviderLogin(): Promise<BegunLogin> {
  return expectObject(await sendAsNobody('/auth/provider/begin', {}), 'authorization_url', 'flow') as unknown as BegunLogin
}

/** With what the browser brings back from the provider. */
export async function endProviderLogin(flow: string, state: string, code: string): Promise<Tokens> {
  return tokensOf(await sendAsNobody('/auth/provider/end', { flow, state, code }))
}
