/** The two languages, which one is in use, and remembering the choice. */
import { createI18n } from 'vue-i18n'
import en, { type Messages } from './en'
import zhCN from './zh-CN'

export const LOCALES = ['en', 'zh-CN'] as const
export type Locale = (typeof LOCALES)[number]

export const LOCALE_NAMES: Record<Locale, string> = { en: 'English', 'zh-CN': '简体中文' }

const STORAGE_KEY = 'touchline.locale'

function isLocale(value: unknown): value is Locale {
  return LOCALES.includes(value as Locale)
}

/** The remembered language, else the browser's first that is spoken here, else English. */
export function initialLocale(storage: Pick<Storage, 'getItem'> | null, preferred: readonly string[]): Locale {
  try {
    const stored = storage?.getItem(STORAGE_KEY)
    if (isLocale(stored)) return stored
  } catch {
    // Storage may be forbidden (private mode, sandboxed frame): the page works without a memory.
  }
  for (const language of preferred) {
    const lower = language.toLowerCase()
    if (lower.startsWith('zh')) return 'zh-CN'
    if (lower.startsWith('en')) return 'en'
  }
  return 'en'
}

export function rememberLocale(storage: Pick<Storage, 'setItem'> | null, locale: Locale): void {
  try {
    storage?.setItem(STORAGE_KEY, locale)
  } catch {
    // See `initialLocale`.
  }
}

export function browserStorage(): Storage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}

export function createTexts(locale: Locale) {
  return createI18n<[Messages], Locale, false>({
    legacy: false,
    locale,
    fallbackLocale: 'en',
    messages: { en, 'zh-CN': zhCN },
  })
}
