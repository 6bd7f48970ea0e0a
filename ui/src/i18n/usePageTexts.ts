import { useI18n } from 'vue-i18n'
import { LOCALES, type Locale } from './index'

/** Texts of one part of the page in both languages; they come with its chunk. */
export type PageTexts<T extends object> = Record<Locale, T>

/** Both languages of a part, checked to have the same texts. */
export function pageTexts<T extends object>(en: T, zhCN: T): PageTexts<T> {
  return { en, 'zh-CN': zhCN }
}

/** Adds the texts of a part to those of the page: its components find them by `t` like all others. */
export function usePageTexts<T extends object>(texts: PageTexts<T>) {
  const composer = useI18n({ useScope: 'global' })
  for (const locale of LOCALES) composer.mergeLocaleMessage(locale, texts[locale])
  return composer
}
