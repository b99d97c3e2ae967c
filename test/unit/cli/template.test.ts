// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the formats look like that
import { describe, expect, test } from '@jest/globals'
import { parseTemplate, renderTemplate, usesVariable } from '../../../src/cli/template.js'

const VALUES: Record<string, string> = { file: 'a b"c\n\xff', key: 'K-s3--x', size: '3' }
const render = (format: string) => renderTemplate(parseTemplate(format), (name) => VALUES[name])

describe('renderTemplate()', () => {
  // Checked against `git annex examinekey --format` of 10.20230126.
  test.each([
    ['${key}', 'K-s3--x'],
    ['[${key}|${key}]\\n', '[K-s3--x|K-s3--x]\n'],
    ['${size;5}|', '    3|'],
    ['${size;-5}|', '3    |'],
    ['${size;05}|', '    3|'],
    ['${key;2}', 'K-s3--x'],
    ['${key;wide}', 'K-s3--x'],
    ['${nothing}|', '|'],
    ['\\000\\t\\x41\\\\', '\0\tA\\'],
    ['\\q\\1', 'q1'],
    ['$ {x} ${open', '$ {x} ${open'],
    ['${escaped_file}', 'a\\040b\\"c\\n\\377'],
    ['', ''],
  ])('fills in %j', (format, shown) => {
    expect(render(format)).toBe(shown)
  })
})

describe('usesVariable()', () => {
  test('finds variables only, whatever their layout', () => {
    const template = parseTemplate('url ${escaped_uuid;3}')
    expect(usesVariable(template, 'uuid')).toBe(true)
    expect(usesVariable(template, 'url')).toBe(false)
  })
})
