// @vitest-environment node
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { generate, target } from './schema.mjs'

it('types are those of the interface: run `npm run schema` where they differ', async () => {
  expect(await readFile(target, 'utf8')).toBe(await generate())
})
