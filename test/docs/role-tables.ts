/** What each role of the stack may do, in words: the tables of SECURITY.md. */
import { statementsByRole, type Statement } from '../infra/synthesized-stack';

/** The cells of a row: actions, resources, conditions. */
export type Row = readonly [may: string, on: string, onlyIf: string];

const EC2 = /^arn:<AWS::Partition>:ec2:<AWS::Region>:(?:<AWS::AccountId>)?:([a-z-]+)\/\*$/;

/** In the order in which they are tried. */
const RESOURCES: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^\*$/, '*'],
  [/^<NodesTable\.Arn>$/, 'the table'],
  [/^<NodesTable\.Arn>\/index\/AtRest$/, "the table's index `AtRest`"],
  [/^<NodesTable\.Arn>\/index\/Listed$/, "the table's index `Listed`"],
  [/^<NodeApiTokenSecret>$/, "the token's secret"],
  [/^<\w+Log\.Arn>$/, 'its own log'],
  [/^<\w*Queue\.Arn>$/, 'its dead-letter queue'],
  [/^<StepsFunction\.Arn>$/, 'the steps function'],
  [/:event-bus\/default$/, "the account's default event bus"],
  [/:execution:Holdfast-/, 'executions of the state machines'],
  [/^<OperationsReplaceNode>$/, 'replace-node'],
  [/:stateMachine:Holdfast-|^<Operations\w+Node>$/, 'the state machines'],
  [/AWSServiceRoleForEC2Spot$/, "Spot's service-linked role"],
];

const OURS = { 'aws:ResourceTag/holdfast:deployment': 'Holdfast' };
const MARKS = {
  Null: { 'aws:ResourceTag/holdfast:generation': 'true', 'aws:TagKeys': 'false' },
  'ForAllValues:StringEquals': { 'aws:TagKeys': ['holdfast:node-id', 'holdfast:deployment'] },
  StringEqualsIfExists: OURS,
};
const MAKING = { StringEquals: { 'aws:RequestTag/holdfast:deployment': 'Holdfast' } };
const ADOPTED =
  "no operation made it, it is no other deployment's, and the tags are `holdfast:node-id` and `holdfast:deployment`";

const CONDITIONS: readonly (readonly [condition: object, words: string])[] = [
  [{ StringEquals: OURS }, 'it has the tag of this deployment'],
  [MAKING, 'the request gives it the tag of this deployment'],
  [
    { StringEquals: OURS, Null: { 'aws:ResourceTag/holdfast:left-by': 'false' } },
    'it has the tag of this deployment, and a deletion left it',
  ],
  [
    {
      StringEquals: OURS,
      Null: { 'aws:ResourceTag/holdfast:left-by': 'false', 'aws:ResourceTag/holdfast:expires-at': 'false' },
    },
    'it has the tag of this deployment, and a deletion left it for a limited time',
  ],
  [
    {
      StringEquals: {
        'ec2:CreateAction': ['CreateFleet', 'CreateLaunchTemplate', 'CreateNetworkInterface', 'RunInstances'],
      },
    },
    'the same request makes the thing',
  ],
  [{ ...MARKS, ...MAKING }, ADOPTED],
  [MARKS, ADOPTED],
  [
    {
      StringEquals: OURS,
      Null: { 'aws:TagKeys': 'false' },
      'ForAllValues:StringNotEquals': {
        'aws:TagKeys': ['holdfast:node-id', 'holdfast:generation', 'holdfast:deployment', 'holdfast:request'],
      },
    },
    'it has the tag of this deployment, and the tags do not say who made it',
  ],
  [{ StringEquals: { 'iam:AWSServiceName': 'spot.amazonaws.com' } }, 'the service is Spot'],
];

/** Order must not matter. */
function keyOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, inner]) => `${name}:${keyOf(inner)}`);
  return `{${fields.sort().join()}}`;
}

/** @throws Error if the words lack the condition */
function conditionInWords(condition: unknown): string {
  if (condition === undefined) return '';
  const words = CONDITIONS.find(([known]) => keyOf(known) === keyOf(condition))?.[1];
  if (words === undefined) throw new Error(`no words for the condition ${JSON.stringify(condition)}`);
  return words;
}

/** @throws Error if the words lack the resource */
function resourceInWords(arn: string): string {
  const type = EC2.exec(arn)?.[1];
  const words = type === undefined ? RESOURCES.find(([pattern]) => pattern.test(arn))?.[1] : `\`${type}/*\``;
  if (words === undefined) throw new Error(`no words for the resource ${arn}`);
  return words;
}

function rowOf({ actions, resources, conditions }: Statement): Row {
  return [
    actions.map((action) => `\`${action}\``).join(', '),
    [...new Set(resources.map(resourceInWords))].join(', '),
    conditionInWords(conditions),
  ];
}

/** The rows of each role, by the role's name without the stack's. */
export function rowsByRole(): Readonly<Record<string, readonly Row[]>> {
  return Object.fromEntries(
    Object.entries(statementsByRole()).map(([role, statements]) => [role, statements.map(rowOf)]),
  );
}
