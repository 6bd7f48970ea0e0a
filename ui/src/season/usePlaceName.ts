import { useI18n } from 'vue-i18n'

/** What a place is called; a competition may have places of its own, which keep their name. */
export function usePlaceName() {
  const { t, te } = useI18n()
  return (name: string) => (te(`season.place.${name}`) ? t(`season.place.${name}`) : name.replaceAll('_', ' '))
}
