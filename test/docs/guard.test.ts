/** Checks docs/guard.md: its policy denies what the rule watches, and excepts the roles that need the actions. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DEPLOYMENT_TAG, GENERATION_TAG, NODE_ID_TAG, REQUEST_TAG } from '../../domain/node/stateful-node';
import { resourcesOf, statementsByRole } from '../infra/synthesized-stack';

const markdown = readFileSync(resolve(__dirname, '../../docs/guard.md'), 'utf8');

interface DenyStatement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string;
  readonly Condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const blocks = [...markdown.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) => JSON.parse(json!) as unknown);
const [policy] = blocks as [{ readonly Version: string; readonly Statement: readonly DenyStatement[] }];
const actionsOf = ({ Action }: DenyStatement) => [Action].flat();
const denied = [...new Set(policy.Statement.flatMap(actionsOf))];
const watched: readonly string[] =
  resourcesOf('AWS::Events::Rule').ReconcilerTakenByHand?.Properties.EventPattern.detail.eventName;

test('there is one policy, and it only denies', () => {
  expect(blocks).toHaveLength(1);
  expect(policy.Version).toBe('2012-10-17');
  expect(policy.Statement.map(({ Effect }) => Effect)).toEqual(policy.Statement.map(() => 'Deny'));
});

test('it fits into the limits: 6144 characters for IAM, 5120 for a service control policy', () => {
  expect(JSON.stringify(policy).length).toBeLessThan(5120);
});

test('it denies every call that the rule watches, and the page lists each', () => {
  expect(watched.length).toBeGreaterThan(0);
  expect(denied).toEqual(expect.arrayContaining(watched.map((call) => `ec2:${call}`)));
  const listed = [...markdown.matchAll(/^\| `(\w+)` /gm)].map(([, call]) => call);
  expect(listed).toEqual(watched);
});

test.each(['ec2:AttachNetworkInterface', 'ec2:ModifyNetworkInterfaceAttribute'])('it denies %s too', (action) => {
  expect(denied).toContain(action);
});

test('it concerns only guarded resources', () => {
  const keys = policy.Statement.map(({ Condition: { Null = {}, ...others } }) =>
    JSON.stringify([Object.keys(Null), others['ForAnyValue:StringEquals']]),
  );
  for (const key of keys) expect(key).toMatch(/holdfast:(deployment|guarded)/);
  for (const tag of [DEPLOYMENT_TAG, GENERATION_TAG, NODE_ID_TAG, REQUEST_TAG]) {
    expect(JSON.stringify(keys)).toContain(tag);
  }
  for (const { Condition } of policy.Statement) {
    for (const [key, wanted] of Object.entries(Condition.Null ?? {})) {
      expect([key, wanted]).toEqual([key, key === 'aws:TagKeys' ? 'true' : 'false']);
    }
  }
});

describe('every role that needs a denied action is excepted', () => {
  const doing = Object.entries(statementsByRole())
    .filter(([, statements]) => statements.some(({ actions }) => actions.some((action) => denied.includes(action))))
    .map(([role]) => role);

  test('and no other', () => {
    const expected = doing.map((role) => `arn:aws:iam::*:role/Holdfast-${role}*`).sort();
    for (const { Condition } of policy.Statement) {
      const excepted = Condition.ArnNotLike?.['aws:PrincipalArn'] as readonly string[];
      expect([...excepted].sort()).toEqual(expected);
    }
  });
});
