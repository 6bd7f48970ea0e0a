import { createApp } from 'vue'
import App from './App.vue'
import { browserStorage, createTexts, initialLocale } from './i18n'
import './styles/tokens.css'
import './styles/base.css'

const locale = initialLocale(browserStorage(), navigator.languages ?? [navigator.language])
createApp(App).use(createTexts(locale)).mount('#app')
