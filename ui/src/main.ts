import { createApp } from 'vue'
import App from './App.vue'
import { bringBack } from './composables/useProviderLogin'
import { browserStorage, createTexts, initialLocale } from './i18n'
import './styles/tokens.css'
import './styles/base.css'

const locale = initialLocale(browserStorage(), navigator.languages ?? [navigator.language])
// Whoever comes back from a provider of identities is let in before the page reads its address.
await bringBack()
createApp(App).use(createTexts(locale)).mount('#app')
