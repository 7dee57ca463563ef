/**
 * EventBridge patterns: exact values, `prefix`, `exists` and `anything-but`. Every other operator is refused when the
 * pattern is loaded. An unsupported operator that never matched would go unnoticed.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
import { isObject } from '../json';

export class UnsupportedPattern extends Error {
  override readonly name = 'UnsupportedPattern';
}

type Scalar = string | number | boolean | null;
/** Undefined means that the field is absent. */
type Test = (value: unknown) => boolean;
type Matcher = (event: unknown) => boolean;

/** @throws UnsupportedPattern */
export function compilePattern(pattern: unknown): Matcher {
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    throw new UnsupportedPattern('A pattern must have at least one field');
  const fields = Object.entries(pattern).map(([name, expected]) => {
    if (name.startsWith('$')) throw new UnsupportedPattern(`${name} is not supported`);
    return Array.isArray(expected) ? leafMatcher(name, expected) : childMatcher(name, compilePattern(expected));
  });
  return (event) => fields.every((matches) => matches(event));
}

function childMatcher(name: string, matches: Matcher): Matcher {
  return (event) => matches(isObject(event) ? event[name] : undefined);
}

/** A list of alternatives. If the event's field is a list, one matching element is enough. */
function leafMatcher(name: string, alternatives: readonly unknown[]): Matcher {
  if (alternatives.length === 0) throw new UnsupportedPattern(`${name}: an empty list matches nothing`);
  const tests = alternatives.map((alternative) => compileTest(name, alternative));
  return (event) => {
    const value = isObject(event) ? event[name] : undefined;
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.some((one) => tests.some((test) => test(one)));
  };
}

function compileTest(name: string, alternative: unknown): Test {
  if (isScalar(alternative)) return (value) => value === alternative;
  const [[operator, operand] = [], ...more] = isObject(alternative) ? Object.entries(alternative) : [];
  if (more.length === 0) {
    if (operator === 'prefix' && typeof operand === 'string') {
      return (value) => typeof value === 'string' && value.startsWith(operand);
    }
    if (operator === 'exists' && typeof operand === 'boolean') return (value) => (value !== undefined) === operand;
    if (operator === 'anything-but') {
      const excluded: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
      if (excluded.every(isScalar)) return (value) => value !== undefined && !excluded.includes(value as Scalar);
    }
  }
  throw new UnsupportedPattern(`${name}: ${JSON.stringify(alternative)} is not supported`);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
