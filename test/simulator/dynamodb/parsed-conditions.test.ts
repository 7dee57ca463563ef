/** What the parser remembers gives the same as parsing again. */
import { createRequire } from 'node:module';
import { rememberConditions, type ConditionParser } from '../../../simulator/dynamodb/parsed-conditions';

/** A parser of its own, that counts how often it parses. */
function aParser(): { readonly parser: ConditionParser; readonly count: () => number } {
  const { parse } = createRequire(__filename)('dynalite/db/conditionParser') as ConditionParser;
  let parses = 0;
  const parser: ConditionParser = {
    parse: (text, options) => {
      parses += 1;
      return parse(text, options);
    },
  };
  return { parser, count: () => parses };
}

const VALUES = { ':a': { S: 'one' }, ':b': { N: '2' } };
const NAMES = { '#n': 'name' };

function contextOf(attrVals: object = VALUES, attrNames: object = NAMES) {
  const context = {
    attrNames,
    attrVals,
    unusedAttrNames: { ...attrNames },
    unusedAttrVals: { ...attrVals },
    isReserved: (name: string) => name === 'size',
    compare: () => false,
  };
  return context as typeof context & Parameters<ConditionParser['parse']>[1]['context'];
}

test('a condition that was parsed before is not parsed again, and uses the same names and values', () => {
  const { parser, count } = aParser();
  const plain = contextOf();
  const expected = parser.parse('#n = :a', { context: plain });
  rememberConditions(parser);
  const [first, second] = [contextOf(), contextOf()];
  expect(parser.parse('#n = :a', { context: first })).toEqual(expected);
  expect(parser.parse('#n = :a', { context: second })).toEqual(expected);
  expect(count()).toBe(2);
  for (const { unusedAttrNames, unusedAttrVals } of [plain, first, second]) {
    expect({ unusedAttrNames, unusedAttrVals }).toEqual({ unusedAttrNames: {}, unusedAttrVals: { ':b': { N: '2' } } });
  }
});

test('what another expression of the request has used already stays used', () => {
  const { parser } = aParser();
  rememberConditions(parser);
  const context = contextOf();
  parser.parse('#n = :b', { context });
  parser.parse('#n = :a', { context });
  expect(context.unusedAttrVals).toEqual({});
  const again = contextOf();
  parser.parse('#n = :a', { context: again });
  expect(again.unusedAttrNames).toEqual({});
});

test('other names, other values and key conditions are parsed by themselves', () => {
  const { parser, count } = aParser();
  rememberConditions(parser);
  const texts = [
    contextOf(),
    contextOf({ ':a': { S: 'two' } }),
    contextOf(VALUES, { '#n': 'other' }),
    { ...contextOf(), isKeyCondition: true },
  ].map((context) => JSON.stringify(parser.parse('#n = :a', { context })));
  expect(count()).toBe(4);
  expect(new Set(texts.slice(0, 3)).size).toBe(3);
});

test('a change of the result does not reach the next one', () => {
  const { parser } = aParser();
  rememberConditions(parser);
  const parse = () => parser.parse('#n = :a', { context: contextOf() }) as { expression: { type: string } };
  parse().expression.type = 'changed';
  parse().expression.type = 'changed';
  expect(parse().expression.type).toBe('=');
});

test('a wrong condition is refused each time', () => {
  const { parser } = aParser();
  rememberConditions(parser);
  const parse = () => parser.parse('size = :a', { context: contextOf() });
  expect(parse()).toMatch(/reserved keyword/);
  expect(parse()).toMatch(/reserved keyword/);
  expect(() => parser.parse('#n = = :a', { context: contextOf() })).toThrow();
});
