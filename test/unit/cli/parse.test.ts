import { describe, expect, test } from '@jest/globals'
import {
  batchOptions,
  jsonOptions,
  type OptionSpecs,
  transferOptions,
} from '../../../src/cli/command.js'
import { parseArguments, splitCommand } from '../../../src/cli/parse.js'
import { bytesFromText } from '../../../src/model/bytes.js'
import { formatKey } from '../../../src/model/key.js'

const options = {
  ...transferOptions,
  ...jsonOptions,
  ...batchOptions,
  from: { type: 'string', alias: 'f', summary: '' },
  key: { type: 'key', summary: '' },
} as const satisfies OptionSpecs
const grammar = { usage: '[PATH …]', options, matching: true }

function parse(...argv: string[]) {
  const args = parseArguments(grammar, argv)
  if ('problem' in args) throw new Error(args.problem)
  return args
}

function problem(...argv: string[]): string | undefined {
  const args = parseArguments(grammar, argv)
  return 'problem' in args ? args.problem : undefined
}

describe('parseArguments()', () => {
  test('takes words and options in any order', () => {
    const { words, options } = parse('a', '--json', 'b', '-f', 'r', 'c')
    expect(words).toEqual(['a', 'b', 'c'])
    expect(options).toMatchObject({ json: true, from: 'r', quiet: false })
  })

  test('takes everything after -- as words', () => {
    expect(parse('--json', '--', '--x', '-y', '--').words).toEqual(['--x', '-y', '--'])
  })

  test('takes a single dash and an empty word as words', () => {
    expect(parse('-', '').words).toEqual(['-', ''])
  })

  test.each([
    [['--from=r']],
    [['--from', 'r']],
    [['-fr']],
    [['-f', 'r']],
    [['-qfr']],
    [['-qFf', 'r']],
  ])('reads the value of %j', (argv) => {
    expect(parse(...argv).options.from).toBe('r')
  })

  test('takes values that look like options', () => {
    expect(parse('--from', '--json').options).toMatchObject({ from: '--json', json: false })
    expect(parse('--from=').options.from).toBe('')
  })

  test('sets every flag of a bundle', () => {
    expect(parse('-qFjz').options).toMatchObject({ quiet: true, fast: true, json: true, z: true })
  })

  test('keeps the last value of an option, and all of one that may be repeated', () => {
    const { options } = parse('--from=a', '-c', 'x=1', '--from=b', '--config=y=2')
    expect(options.from).toBe('b')
    expect(options.config).toEqual(['x=1', 'y=2'])
  })

  test('reads numbers, jobs, durations and keys', () => {
    const { options } = parse('-N3', '-Jcpus', '--time-limit=1h5m', '--key=SHA1-s3--abc')
    expect(options).toMatchObject({ numcopies: 3, jobs: 'cpus', 'time-limit': 3900 })
    expect(formatKey(options.key!)).toBe('SHA1-s3--abc')
    expect(parse('--jobs', '4').options.jobs).toBe(4)
  })

  test('collects matching options in order, as tokens of an expression', () => {
    const { matching, words } = parse(
      ...[
        '--include=*.mp3',
        'd',
        '--or',
        '-(',
        '--not',
        '-i',
        'here',
        '--and',
        '--copies',
        '2',
        '-)',
      ],
    )
    expect(matching).toEqual(['include=*.mp3', 'or', '(', 'not', 'in=here', 'and', 'copies=2', ')'])
    expect(words).toEqual(['d'])
  })

  test('turns the text of a matching option into bytes', () => {
    expect(parse('--include=é').matching).toEqual([`include=${bytesFromText('é')}`])
  })

  // The texts are those of git-annex 10.20230126.
  test.each([
    [['--x'], "Invalid option `--x'"],
    [['--x=1'], "Invalid option `--x=1'"],
    [['-X'], "Invalid option `-X'"],
    [['-qX'], "Invalid option `-X'"],
    [['--json=1'], "Invalid option `--json=1'"],
    [['--includ=*'], "Invalid option `--includ=*'"],
    [['--in'], 'The option `--in` expects an argument.'],
    [['-f'], 'The option `-f` expects an argument.'],
    [['-J', 'x'], "option -J: cannot parse value `x'"],
    [['-J0'], "option -J: cannot parse value `0'"],
    [['--numcopies=x'], "option --numcopies: cannot parse value `x'"],
    [['--key=x'], 'option --key: invalid key'],
    [
      ['--time-limit=5w'],
      'option --time-limit: failed to parse duration "5w" (expected eg "5m" or "1h5m")',
    ],
  ])('refuses %j', (argv, text) => {
    expect(problem(...argv)).toBe(text)
  })

  test('does not know an option by its first letters, nor -z as --z', () => {
    expect(problem('--js')).toBe("Invalid option `--js'")
    expect(problem('--z')).toBe("Invalid option `--z'")
  })

  test('refuses matching options where the command takes none', () => {
    const args = parseArguments({ usage: '', options: {} }, ['--include=*'])
    expect(args).toEqual({ problem: "Invalid option `--include=*'" })
  })

  test('refuses words where the command takes none', () => {
    const args = parseArguments({ usage: '', options: {} }, ['--quiet', 'x'])
    expect(args).toEqual({ problem: "Invalid argument `x'" })
  })
})

describe('splitCommand()', () => {
  test.each([
    [['find', '--json'], 'find', ['--json']],
    [['--quiet', 'find', 'x'], 'find', ['--quiet', 'x']],
    [['-c', 'a=b', 'find'], 'find', ['-c', 'a=b']],
    [['--config=a=b', 'find'], 'find', ['--config=a=b']],
    [['--quiet'], undefined, ['--quiet']],
    [[], undefined, []],
  ])('%j', (argv, name, rest) => {
    expect(splitCommand(argv)).toEqual(name === undefined ? { rest } : { name, rest })
  })
})
