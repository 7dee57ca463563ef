/**
 * Choice rules: which of them the engine supports, and in what form.
 *
 * The engine compares with JavaScript's operators, which convert types: `null < 10` and `"5" < 10` are true. On Step
 * Functions a value of another type does not match. The engine also never matches `"IsPresent": false`. We rewrite both
 * as rules of the same meaning, so that definitions are written for Step Functions and not for the engine.
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
 */
import { refusePath } from './asl-paths';
import { isObject } from '../json';

const TYPED =
  /^(String|Numeric|Timestamp|Boolean)(Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals)(Path)?$/;
const TYPE_TESTS = ['IsNull', 'IsPresent', 'IsNumeric', 'IsString', 'IsBoolean', 'IsTimestamp'];
const TYPE_TEST_OF = { String: 'IsString', Numeric: 'IsNumeric', Timestamp: 'IsTimestamp', Boolean: 'IsBoolean' };
const NOT_OPERATORS = ['Variable', 'Next', 'Comment'];

/** Returns every reason to refuse a rule, each with its place in the definition. */
export function refuseChoiceRule(rule: unknown, place: string): readonly string[] {
  if (!isObject(rule)) return [`${place}: is not a rule`];
  const operators = Object.keys(rule).filter((field) => !NOT_OPERATORS.includes(field));
  const [operator] = operators;
  if (operator === undefined || operators.length > 1) {
    return [`${place}: must have one operator, not ${operators.length} operators (${operators.join(', ')})`];
  }
  const operand = rule[operator];
  if (operator === 'Not') return refuseChoiceRule(operand, `${place}.Not`);
  if (operator === 'And' || operator === 'Or') {
    if (!Array.isArray(operand)) return [`${place}.${operator}: is not a list`];
    return operand.flatMap((part, index) => refuseChoiceRule(part, `${place}.${operator}[${index}]`));
  }
  return refuseComparison(rule, operator, place);
}

function refuseComparison(rule: Readonly<Record<string, unknown>>, operator: string, place: string): readonly string[] {
  const reasons: string[] = [];
  const variable = refusePath(rule['Variable'], false);
  if (variable !== undefined) reasons.push(`${place}.Variable: ${variable}`);
  if (TYPE_TESTS.includes(operator)) {
    if (typeof rule[operator] !== 'boolean') reasons.push(`${place}.${operator}: must be true or false`);
  } else if (operator === 'StringMatches') {
    reasons.push(`${place}.StringMatches: the engine gives ? and \\ a meaning that Step Functions does not give them`);
  } else if (!isTyped(operator)) {
    reasons.push(`${place}.${operator}: is not an operator of the engine`);
  } else if (operator.endsWith('Path')) {
    const path = refusePath(rule[operator], false);
    if (path !== undefined) reasons.push(`${place}.${operator}: ${path}`);
  }
  return reasons;
}

/** Booleans have no order: they can only be tested for equality. */
function isTyped(operator: string): boolean {
  return TYPED.test(operator) && (!operator.startsWith('Boolean') || operator.startsWith('BooleanEquals'));
}

/** Rewrites a rule so that the engine evaluates it as Step Functions does. The rule must not have been refused. */
export function choiceRuleForEngine(rule: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { Next, Comment: _, ...test } = rule;
  return { ...testForEngine(test), ...(Next === undefined ? {} : { Next }) };
}

function testForEngine(test: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const operator = Object.keys(test).find((field) => field !== 'Variable')!;
  const operand = test[operator];
  if (operator === 'Not') return { Not: choiceRuleForEngine(operand as Record<string, unknown>) };
  if (Array.isArray(operand))
    return { [operator]: operand.map((part: Record<string, unknown>) => choiceRuleForEngine(part)) };
  const { Variable } = test;
  if (TYPE_TESTS.includes(operator)) return operand === true ? test : { Not: { Variable, [operator]: true } };
  const [, type] = TYPED.exec(operator)!;
  return { And: [{ Variable, [TYPE_TEST_OF[type as keyof typeof TYPE_TEST_OF]]: true }, test] };
}
