/** The one-letter escapes of C, as git quotes names with them and templates have them. */

/** The character that a backslash and a letter stand for. */
export const C_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
