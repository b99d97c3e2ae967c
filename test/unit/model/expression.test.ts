import { describe, expect, test } from '@jest/globals'
import {
  type Expression,
  isEmptyExpression,
  parseExpression,
  parseTokens,
  termsOf,
} from '../../../src/model/expression.js'
import { readVectors } from '../../support/vectors.js'

const { expressions } = readVectors<{ expressions: [string, boolean][] }>('expressions')

const truth = (token: string) => token === 'anything'
const word = (token: string) => token

function evaluate(expression: Expression<boolean>): boolean {
  switch (expression.kind) {
    case 'anything':
      return true
    case 'term':
      return expression.term
    case 'not':
      return !evaluate(expression.operand)
    case 'and':
      return evaluate(expression.left) && evaluate(expression.right)
    case 'or':
      return evaluate(expression.left) || evaluate(expression.right)
  }
}

describe('parseExpression()', () => {
  test.each(expressions)('%j is %s', (text, value) => {
    expect(evaluate(parseExpression(text, truth))).toBe(value)
  })

  test('gives parentheses their meaning wherever they stand', () => {
    expect([...termsOf(parseExpression('a(b)c not(d\te)\nor f=(g', word))]).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
      'f=',
      'g',
    ])
  })

  test('lets the term parser refuse a term', () => {
    const refuse = (token: string) => {
      throw new Error(token)
    }
    expect(() => parseExpression('( or bad )', refuse)).toThrow('bad')
  })
})

describe('parseTokens()', () => {
  test('takes white space and parentheses inside a token as they are', () => {
    const tokens = ['include=a (b).txt', 'or', '(', 'not', 'x y', ')']
    expect([...termsOf(parseTokens(tokens, word))]).toEqual(['include=a (b).txt', 'x y'])
  })
})

describe('isEmptyExpression()', () => {
  test.each([
    ['', true],
    [' ( ( ) ) ', true],
    ['a', false],
    ['not ()', false],
  ])('%j is %s', (text, empty) => {
    expect(isEmptyExpression(parseExpression(text, word))).toBe(empty)
  })
})
