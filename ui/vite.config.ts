import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// Where `npm run dev` finds the API: a running `touchline serve`, or `npm run mock`.
const api = process.env.TOUCHLINE_URL ?? 'http://127.0.0.1:4174'

export default defineConfig(({ mode }) => ({
  plugins: [vue()],
  define:
    mode === 'test'
      ? {}
      : {
          __VUE_OPTIONS_API__: false,
          __VUE_I18N_FULL_INSTALL__: false,
          __VUE_I18N_LEGACY_API__: false,
          __INTLIFY_PROD_DEVTOOLS__: false,
        },
  build: {
    target: 'es2022',
    // The chart library is one lazy chunk, loaded with the first opened match.
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': api } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'schema.test.ts'],
    restoreMocks: true,
    // Kick-offs are shown in the reader's zone; one that is not UTC catches code that forgets the difference.
    env: { TZ: 'America/New_York' },
  },
}))
