import { shallowReadonly, shallowRef } from 'vue'
import { caller } from '../api/request'
import { fetchAccount, requestLogin, requestLogout, requestRefresh } from '../api/session'
import type { Account, Tokens } from '../api/types'

// Of the whole page, and in memory alone: what a script of another page could read from storage is not there to be
// read, and closing the page ends the login as far as this browser knows it.
const account = shallowRef<Account | null>(null)
let refreshToken: string | null = null
let renewing: Promise<boolean> | null = null

function keep(tokens: Tokens) {
  caller.accessToken = tokens.access_token
  refreshToken = tokens.refresh_token
}

function forget() {
  caller.accessToken = null
  refreshToken = null
  account.value = null
}

async function renewOnce(): Promise<boolean> {
  const token = refreshToken
  if (token === null) return false
  try {
    keep(await requestRefresh(token))
    return true
  } catch {
    forget()
    return false
  }
}

/** A refresh token is good for one use: requests that fail together share one renewal. */
caller.renew = () => (renewing ??= renewOnce().finally(() => (renewing = null)))

function logIn(name: string, password: string): Promise<void> {
  return enter(() => requestLogin(name, password))
}

/** By whatever gives tokens. */
async function enter(request: () => Promise<Tokens>): Promise<void> {
  forget()
  keep(await request())
  try {
    account.value = await fetchAccount()
  } catch (error) {
    forget()
    throw error
  }
}

/** The server is told; the page forgets in any case. */
async function logOut(): Promise<void> {
  try {
    await requestLogout()
  } catch {
    // A server that does not answer lets the tokens run out.
  } finally {
    forget()
  }
}

/** Who is logged in, for all who ask. */
export function useSession() {
  const can = (permission: string) => account.value?.permissions.includes(permission) ?? false
  return { account: shallowReadonly(account), can, enter, logIn, logOut }
}
