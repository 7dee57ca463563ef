/**
 * The conditions of policy statements, as far as the project's policies use them. Unsupported conditions are refused
 * when a policy is loaded: a condition that always or never held would prove nothing.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import type { AuthorizationRequest } from './authorization-request';
import { isObject } from '../json';

/** A policy uses something that is not simulated. */
export class UnsupportedPolicy extends Error {
  override readonly name = 'UnsupportedPolicy';
}

/** A request, and the ARN of the role that makes it. */
export interface RoleRequest extends AuthorizationRequest {
  readonly principalArn: string;
}

export type Condition = (request: RoleRequest) => boolean;

type Values = readonly string[] | undefined;
/** Compares a value of the request with the policy's values. A negated operator holds if none of them matches. */
interface Operator {
  readonly matches: (value: string, pattern: string) => boolean;
  readonly isNegated: boolean;
}

const equals = (value: string, pattern: string): boolean => value === pattern;

const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: { matches: equals, isNegated: false },
  StringNotEquals: { matches: equals, isNegated: true },
  StringLike: { matches: isLike, isNegated: false },
  StringNotLike: { matches: isLike, isNegated: true },
  ArnLike: { matches: isLike, isNegated: false },
  ArnNotLike: { matches: isLike, isNegated: true },
};

/** The supported condition keys. Each reads its values from the request; undefined if it has none. */
const KEYS: readonly { readonly pattern: RegExp; readonly read: (request: RoleRequest, name: string) => Values }[] = [
  { pattern: /^aws:ResourceTag\/(.+)$/, read: ({ resourceTags }, name) => one(resourceTags?.[name]) },
  { pattern: /^aws:RequestTag\/(.+)$/, read: ({ requestTags }, name) => one(requestTags?.[name]) },
  { pattern: /^aws:TagKeys$/, read: ({ tagKeys }) => tagKeys },
  { pattern: /^aws:PrincipalArn$/, read: ({ principalArn }) => [principalArn] },
  {
    pattern: /^(ec2:CreateAction|iam:PassedToService|iam:AWSServiceName)$/,
    read: ({ keys }, name) => one(keys?.[name]),
  },
];

/** All must hold. @throws UnsupportedPolicy */
export function readConditions(conditions: unknown): readonly Condition[] {
  if (conditions === undefined) return [];
  if (!isObject(conditions)) throw new UnsupportedPolicy(`Conditions must be an object: ${JSON.stringify(conditions)}`);
  return Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys as Record<string, unknown>).map(([key, wanted]) =>
      readCondition(operator, readKey(key), [wanted].flat().map(String)),
    ),
  );
}

function readCondition(operator: string, read: (request: RoleRequest) => Values, wanted: readonly string[]): Condition {
  if (operator === 'Null') {
    const [isAbsent] = wanted;
    return (request) => String((read(request) ?? []).length === 0) === isAbsent;
  }
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const known = OPERATORS[name];
  if (known === undefined) throw new UnsupportedPolicy(`The condition operator ${operator} is not simulated`);
  const { matches, isNegated } = known;
  const holds = (value: string): boolean => wanted.some((pattern) => matches(value, pattern)) !== isNegated;
  return (request) => {
    const values = read(request) ?? [];
    if (values.length === 0)
      return set === 'ForAllValues' || (set === undefined && (isNegated || ifExists !== undefined));
    return set === 'ForAnyValue' ? values.some(holds) : values.every(holds);
  };
}

function readKey(key: string): (request: RoleRequest) => Values {
  for (const { pattern, read } of KEYS) {
    const [found, name = found] = pattern.exec(key) ?? [];
    if (name !== undefined) return (request) => read(request, name);
  }
  throw new UnsupportedPolicy(`The condition key ${key} is not simulated`);
}

function one(value: string | undefined): Values {
  return value === undefined ? undefined : [value];
}

/** `*` matches any characters, `?` matches one. */
export function isLike(value: string, pattern: string): boolean {
  if (!/[*?]/.test(pattern)) return value === pattern;
  return patternOf(pattern).test(value);
}

const patterns = new Map<string, RegExp>();

/** Compiled once: a few dozen patterns are matched thousands of times. */
function patternOf(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const compiled = new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
  patterns.set(pattern, compiled);
  return compiled;
}
