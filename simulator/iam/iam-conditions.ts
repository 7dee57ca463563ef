/**
 * The conditions of policy statements, as far as policies here use them. What is not played is refused when a policy is
 * loaded: a condition that always held, or never, would prove nothing.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import type { AuthorizationRequest } from './authorization-request';
import { isObject } from '../json';

/** A policy says something that is not played here. */
export class UnsupportedPolicy extends Error {
  override readonly name = 'UnsupportedPolicy';
}

/** What is asked, and the ARN of the role that asks. */
export interface RoleRequest extends AuthorizationRequest {
  readonly principalArn: string;
}

export type Condition = (asked: RoleRequest) => boolean;

type Values = readonly string[] | undefined;
/** Compares a value of the request with the policy's; a negated one holds where none of the policy's matches. */
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

/** The condition keys that EC2 and the role give values to here; undefined where the request has none. */
const KEYS: readonly { readonly pattern: RegExp; readonly read: (asked: RoleRequest, name: string) => Values }[] = [
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
  if (!isObject(conditions)) throw new UnsupportedPolicy(`Not conditions: ${JSON.stringify(conditions)}`);
  return Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys as Record<string, unknown>).map(([key, wanted]) =>
      readCondition(operator, readKey(key), [wanted].flat().map(String)),
    ),
  );
}

function readCondition(operator: string, read: (asked: RoleRequest) => Values, wanted: readonly string[]): Condition {
  if (operator === 'Null') {
    const [isAbsent] = wanted;
    return (asked) => String((read(asked) ?? []).length === 0) === isAbsent;
  }
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const played = OPERATORS[name];
  if (played === undefined) throw new UnsupportedPolicy(`The condition operator ${operator} is not played here`);
  const { matches, isNegated } = played;
  const holds = (value: string): boolean => wanted.some((pattern) => matches(value, pattern)) !== isNegated;
  return (asked) => {
    const values = read(asked) ?? [];
    if (values.length === 0)
      return set === 'ForAllValues' || (set === undefined && (isNegated || ifExists !== undefined));
    return set === 'ForAnyValue' ? values.some(holds) : values.every(holds);
  };
}

function readKey(key: string): (asked: RoleRequest) => Values {
  for (const { pattern, read } of KEYS) {
    const [found, name = found] = pattern.exec(key) ?? [];
    if (name !== undefined) return (asked) => read(asked, name);
  }
  throw new UnsupportedPolicy(`The condition key ${key} is not played here`);
}

function one(value: string | undefined): Values {
  return value === undefined ? undefined : [value];
}

/** `*` stands for any characters, `?` for one. */
export function isLike(value: string, pattern: string): boolean {
  if (!/[*?]/.test(pattern)) return value === pattern;
  return patternOf(pattern).test(value);
}

const patterns = new Map<string, RegExp>();

/** Policies hold some dozens of patterns, and are asked thousands of times. */
function patternOf(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const compiled = new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
  patterns.set(pattern, compiled);
  return compiled;
}
