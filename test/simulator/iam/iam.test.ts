/** IAM's own rules: what a statement means, and what of a policy is not played. */
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
    { name: 'what a wildcard stands for', fields: { Action: 'ec2:Term*' }, allowed: true },
    { name: 'actions in any case', fields: { Action: 'EC2:terminateinstances' }, allowed: true },
    { name: 'resources of a type', fields: { Resource: 'arn:aws:ec2:*:*:instance/*' }, allowed: true },
    { name: 'no resource of another type', fields: { Resource: 'arn:aws:ec2:*:*:volume/*' }, allowed: false },
    { name: 'no dot for a dot that is none', fields: { Resource: INSTANCE.replace('i-1', 'i.1') }, allowed: false },
  ])('$name', ({ fields, allowed }) => expect(allows(fields)).toBe(allowed));

  test('nothing that another denies', () => {
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

  test.each<{ condition: object; asked: Partial<AuthorizationRequest>; holds: boolean }>([
    { condition: { StringEquals: { [tag]: 'Holdfast' } }, asked: ours, holds: true },
    { condition: { StringEquals: { [tag]: 'Holdfast' } }, asked: theirs, holds: false },
    { condition: { StringEquals: { [tag]: 'Holdfast' } }, asked: {}, holds: false },
    { condition: { StringEquals: { [tag]: ['A', 'Holdfast'] } }, asked: ours, holds: true },
    { condition: { StringLike: { [tag]: 'Hold*' } }, asked: ours, holds: true },
    { condition: { StringNotEquals: { [tag]: 'Holdfast' } }, asked: {}, holds: true },
    { condition: { StringEqualsIfExists: { [tag]: 'Holdfast' } }, asked: {}, holds: true },
    { condition: { StringEqualsIfExists: { [tag]: 'Holdfast' } }, asked: theirs, holds: false },
    { condition: { Null: { [tag]: 'true' } }, asked: {}, holds: true },
    { condition: { Null: { [tag]: 'true' } }, asked: ours, holds: false },
    { condition: { Null: { 'aws:TagKeys': 'false' } }, asked: keys('a'), holds: true },
    { condition: { Null: { 'aws:TagKeys': 'false' } }, asked: {}, holds: false },
    { condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }, asked: keys('a', 'b'), holds: true },
    { condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }, asked: keys('a', 'c'), holds: false },
    { condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } }, asked: {}, holds: true },
    { condition: { 'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['a', 'b'] } }, asked: keys('c'), holds: true },
    {
      condition: { 'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['a', 'b'] } },
      asked: keys('c', 'b'),
      holds: false,
    },
    { condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a'] } }, asked: keys('c', 'a'), holds: true },
    { condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a'] } }, asked: {}, holds: false },
    { condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/Steps' } }, asked: {}, holds: true },
    { condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/Steps' } }, asked: {}, holds: false },
    { condition: { StringEquals: { [tag]: 'Holdfast' }, Null: { 'aws:TagKeys': 'true' } }, asked: ours, holds: true },
    { condition: { StringEquals: { [tag]: 'Holdfast' }, Null: { 'aws:TagKeys': 'false' } }, asked: ours, holds: false },
  ])('$condition: $holds for $asked', ({ condition, asked, holds }) => {
    expect(allows({ Condition: condition }, asked)).toBe(holds);
  });
});

test.each<{ what: string; fields: object }>([
  { what: 'a condition operator', fields: { Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '300' } } } },
  { what: 'a condition key', fields: { Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } } },
  { what: 'what it does not name', fields: { NotAction: 'ec2:*' } },
  { what: 'an effect', fields: { Effect: 'Perhaps' } },
  { what: 'a reference that is not resolved', fields: { Resource: { Ref: 'Table' } } },
])('a policy is refused for $what that is not played', ({ fields }) => {
  expect(() => iamOf(statement(fields))).toThrow(UnsupportedPolicy);
});

test("a refusal is in AWS's words, and is kept", () => {
  const iam = iamOf();
  expect(iam.authorize(ROLE, 'fn', terminate())?.message).toBe(
    'User: arn:aws:sts::123456789012:assumed-role/Steps/fn is not authorized to perform: ec2:TerminateInstances on ' +
      `resource: ${INSTANCE} because no identity-based policy allows the ec2:TerminateInstances action`,
  );
  expect(iam.refusals()).toEqual([{ roleArn: ROLE, request: terminate(), allowedBy: [] }]);
});

test('a role that no template has may do nothing', () => {
  expect(iamOf(statement()).authorize(`${ROLE}2`, 'fn', terminate())).toBeDefined();
});
