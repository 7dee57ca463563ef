/** IAM's rules: what a statement means, and which parts of a policy are not supported. */
import { LocalIam, type StatementDefinition } from '../../../simulator/iam/iam';
import { UnsupportedPolicy } from '../../../simulator/iam/iam-conditions';
import type { AuthorizationRequest } from '../../../simulator/iam/authorization-request';

const ROLE = 'arn:aws:iam::123456789012:role/Steps';
const INSTANCE = 'arn:aws:ec2:us-east-1:123456789012:instance/i-1';

const statement = (fields: object = {}): StatementDefinition => ({
  id: 'Policy[0]',
  statement: { Effect: 'Allow', Action: 'ec2:TerminateInstances', Resource: '*', ...fields },
});
const iamOf = (...statements: readonly StatementDefinition[]) => new LocalIam([{ arn: ROLE, statements }]);
const terminate = (more: Partial<AuthorizationRequest> = {}): AuthorizationRequest => ({
  action: 'ec2:TerminateInstances',
  resource: INSTANCE,
  ...more,
});
const allows = (fields: object, more: Partial<AuthorizationRequest> = {}): boolean =>
  iamOf(statement(fields)).authorize(ROLE, 'fn', terminate(more)) === undefined;

describe('a statement allows', () => {
  test.each<{ name: string; fields: object; allowed: boolean }>([
    { name: 'the action that it names', fields: {}, allowed: true },
    { name: 'no other', fields: { Action: 'ec2:StopInstances' }, allowed: false },
    { name: 'one of several', fields: { Action: ['ec2:StopInstances', 'ec2:TerminateInstances'] }, allowed: true },
    { name: 'actions that match a wildcard', fields: { Action: 'ec2:Term*' }, allowed: true },
    { name: 'actions in any case', fields: { Action: 'EC2:terminateinstances' }, allowed: true },
    { name: 'resources of a type', fields: { Resource: 'arn:aws:ec2:*:*:instance/*' }, allowed: true },
    { name: 'no resource of another type', fields: { Resource: 'arn:aws:ec2:*:*:volume/*' }, allowed: false },
    {
      name: 'only the literal characters of a resource',
      fields: { Resource: INSTANCE.replace('i-1', 'i.1') },
      allowed: false,
    },
  ])('$name', ({ fields, allowed }) => expect(allows(fields)).toBe(allowed));

  test('nothing that another statement denies', () => {
    const denial = { id: 'Policy[1]', statement: { ...statement().statement, Effect: 'Deny' } };
    const refused = iamOf(statement(), denial).authorize(ROLE, 'fn', terminate());
    expect(refused?.message).toContain('with an explicit deny');
  });
});

describe('a condition', () => {
  const tag = 'aws:ResourceTag/holdfast:deployment';
  const ours = { resourceTags: { 'holdfast:deployment': 'Holdfast' } };
  const theirs = { resourceTags: { 'holdfast:deployment': 'Other' } };
  const keys = (...tagKeys: readonly string[]) => ({ tagKeys });

  test.each<{ condition: object; request: Partial<AuthorizationRequest>; holds: boolean }>([
    { condition: { StringEquals: { [tag]: 'Holdfast' } }, request: ours, holds: true },
    { condition: { StringEquals: { [tag]: 'Holdfast' } }, request: theirs, holds: false },
    { condition: { StringEquals: { [tag]: 'Holdfast' } }, request: {}, holds: false },
    { condition: { StringEquals: { [tag]: ['A', 'Holdfast'] } }, request: ours, holds: true },
    { condition: { StringLike: { [tag]: 'Hold*' } }, request: ours, holds: true },
    { condition: { StringNotEquals: { [tag]: 'Holdfast' } }, request: {}, holds: true },
    { condition: { StringEqualsIfExists: { [tag]: 'Holdfast' } }, request: {}, holds: true },
    { condition: { StringEqualsIfExists: { [tag]: 'Holdfast' } }, request: theirs, holds: false },
    { condition: { Null: { [tag]: 'true' } }, request: {}, holds: true },
    { condition: { Null: { [tag]: 'true' } }, request: ours, holds: false },
    { condition: { Null: { 'aws:TagKeys': 'false' } }, request: keys('a'), holds: true },
    { condition: { Null: { 'aws:TagKeys': 'false' } }, request: {}, holds: false },
    { condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }, request: keys('a', 'b'), holds: true },
    {
      condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } },
      request: keys('a', 'c'),
      holds: false,
    },
    { condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } }, request: {}, holds: true },
    { condition: { 'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['a', 'b'] } }, request: keys('c'), holds: true },
    {
      condition: { 'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['a', 'b'] } },
      request: keys('c', 'b'),
      holds: false,
    },
    { condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a'] } }, request: keys('c', 'a'), holds: true },
    { condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a'] } }, request: {}, holds: false },
    { condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/Steps' } }, request: {}, holds: true },
    { condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/Steps' } }, request: {}, holds: false },
    { condition: { StringEquals: { [tag]: 'Holdfast' }, Null: { 'aws:TagKeys': 'true' } }, request: ours, holds: true },
    {
      condition: { StringEquals: { [tag]: 'Holdfast' }, Null: { 'aws:TagKeys': 'false' } },
      request: ours,
      holds: false,
    },
  ])('$condition: $holds for $request', ({ condition, request, holds }) => {
    expect(allows({ Condition: condition }, request)).toBe(holds);
  });
});

test.each<{ what: string; fields: object }>([
  { what: 'a condition operator', fields: { Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '300' } } } },
  { what: 'a condition key', fields: { Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } } },
  { what: 'an unknown element', fields: { NotAction: 'ec2:*' } },
  { what: 'an effect', fields: { Effect: 'Perhaps' } },
  { what: 'an unresolved reference', fields: { Resource: { Ref: 'Table' } } },
])('a policy is refused if it has unsupported parts: $what', ({ fields }) => {
  expect(() => iamOf(statement(fields))).toThrow(UnsupportedPolicy);
});

test("a refusal has AWS's message, and is kept", () => {
  const iam = iamOf();
  expect(iam.authorize(ROLE, 'fn', terminate())?.message).toBe(
    'User: arn:aws:sts::123456789012:assumed-role/Steps/fn is not authorized to perform: ec2:TerminateInstances on ' +
      `resource: ${INSTANCE} because no identity-based policy allows the ec2:TerminateInstances action`,
  );
  expect(iam.refusals()).toEqual([{ roleArn: ROLE, request: terminate(), allowedBy: [] }]);
});

test('an unknown role has no permissions', () => {
  expect(iamOf(statement()).authorize(`${ROLE}2`, 'fn', terminate())).toBeDefined();
});
