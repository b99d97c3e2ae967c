// Writes src/git/hook-texts.ts from hooks/: the executable carries the hooks that it installs.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const top = join(dirname(fileURLToPath(import.meta.url)), '..')
const texts = readdirSync(join(top, 'hooks'))
  .sort()
  .map((name) => {
    const text = readFileSync(join(top, 'hooks', name), 'utf8')
    return `  '${name}': \`${text.replace(/[\\`]|\$\{/g, '\\$&')}\`,\n`
  })
writeFileSync(
  join(top, 'src', 'git', 'hook-texts.ts'),
  `/** The files of hooks/, by name. Made by scripts/embed-hooks.mjs: change the files, not this. */
export const hookTexts = {
${texts.join('')}} as const

export type HookName = keyof typeof hookTexts
`,
)
