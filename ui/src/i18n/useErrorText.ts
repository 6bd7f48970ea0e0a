import { useI18n } from 'vue-i18n'
import type { ApiError } from '../api/envelope'

/** What went wrong, in the reader's words where this page knows better ones than the server. */
export function useErrorText() {
  const { t } = useI18n()
  return (error: ApiError | null): string => {
    if (error === null) return ''
    if (error.kind !== 'http') return t(`error.${error.kind}`)
    if (error.status === 401) return t('error.unauthorized')
    if (error.status === 403) return t('error.forbidden')
    return t('error.server', { message: error.message })
  }
}
