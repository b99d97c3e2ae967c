import { bytesFromText } from '../../src/model/bytes.js'
import { parseExtensionLimits } from '../../src/model/extension.js'
import { readVectors } from './vectors.js'

/** One row of test/vectors/keys.json: the key that git-annex made of a content and a name. */
export interface KeyVector {
  backend: string
  filename: string
  config?: Record<string, string>
  content:
    | { kind: 'bytes'; hex: string }
    | { kind: 'utf8'; text: string }
    | { kind: 'repeat'; modulus: number; length: number }
  mtime?: number
  key: string
}

export function keyVectors(): KeyVector[] {
  return readVectors<KeyVector[]>('keys')
}

/** The bytes that a row describes. */
export function vectorContent({ content }: KeyVector): Buffer {
  switch (content.kind) {
    case 'bytes':
      return Buffer.from(content.hex, 'hex')
    case 'utf8':
      return Buffer.from(content.text, 'utf8')
    case 'repeat':
      return Buffer.from(Uint8Array.from({ length: content.length }, (_, i) => i % content.modulus))
  }
}

/** The extension settings that a row was made with. */
export function vectorLimits({ config = {} }: KeyVector) {
  const setting = config['annex.maxextensionlength']
  return parseExtensionLimits({
    maxExtensionLength: setting === undefined ? undefined : bytesFromText(setting),
  })
}
