/**
 * The matching options of the command line: which exist and which take a value (spec: CLI, 4.2).
 * What they mean is the matcher's business; here they only become the tokens of an expression.
 */

/** Each term, with the name of its value in help; null for a term without one. */
export const MATCHING_TERMS: Readonly<Record<string, string | null>> = {
  include: 'GLOB',
  exclude: 'GLOB',
  includesamecontent: 'GLOB',
  excludesamecontent: 'GLOB',
  in: 'REPOSITORY',
  'expected-present': null,
  copies: 'N',
  lackingcopies: 'N',
  approxlackingcopies: 'N',
  inallgroup: 'GROUP',
  onlyingroup: 'GROUP',
  inbackend: 'NAME',
  securehash: null,
  largerthan: 'SIZE',
  smallerthan: 'SIZE',
  metadata: 'FIELD=GLOB',
  url: 'GLOB',
  'want-get': null,
  'want-drop': null,
  'want-get-by': 'REPOSITORY',
  'want-drop-by': 'REPOSITORY',
  accessedwithin: 'DURATION',
  presentsince: 'REPOSITORY:DURATION',
  lackingsince: 'REPOSITORY:DURATION',
  changedsince: 'REPOSITORY:DURATION',
  unlocked: null,
  locked: null,
  mimetype: 'GLOB',
  mimeencoding: 'GLOB',
  anything: null,
  nothing: null,
  and: null,
  or: null,
  not: null,
}

/** The short forms; parentheses are options of their own. */
export const MATCHING_SHORT: Readonly<Record<string, string>> = { i: 'in', '(': '(', ')': ')' }
