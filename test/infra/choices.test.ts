/** The choices of a deployment: how they are read, what each changes in the template, and how faults are told. */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { buildApp, synthesizeTemplate } from '../../infra/app';
import { InvalidContext } from '../../infra/context';
import {
  readable,
  resourcesOf,
  statementsByRole,
  template,
  withContext,
  type SynthesizedTemplate,
} from './synthesized-stack';

const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555';
const OTHER_KEY = 'arn:aws:kms:eu-west-1:210987654321:key/mrk-1234abcd12ab34cd56ef1234567890ab';
const BOUNDARY = 'arn:aws:iam::123456789012:policy/teams/boundary';

/** By context: each is synthesised once. */
const templates = new Map<string, SynthesizedTemplate>();

function deployed(context: object): SynthesizedTemplate {
  const key = JSON.stringify(context);
  const made = templates.get(key) ?? (withContext(context, () => synthesizeTemplate()) as SynthesizedTemplate);
  templates.set(key, made);
  return made;
}

const faultsOf = (context: object): readonly string[] => {
  try {
    withContext(context, () => buildApp({ bundling: false }));
  } catch (error) {
    if (error instanceof InvalidContext) return error.faults;
    throw error;
  }
  return [];
};

/** The statements of a role that one deployment has and the other has not. */
function difference(role: string, one: SynthesizedTemplate, other: SynthesizedTemplate): readonly unknown[] {
  const others = statementsByRole(other)[role]!.map((statement) => JSON.stringify(statement));
  return statementsByRole(one)[role]!.filter((statement) => !others.includes(JSON.stringify(statement)));
}

describe('a fault', () => {
  test.each([
    { key: 'stackName', values: ['', '9nodes', 'my_nodes', 'a'.repeat(68), 5] },
    { key: 'tableName', values: ['ab'] },
    { key: 'instanceRoleArns', values: ['*'] },
    {
      key: 'volumeKeyArns',
      values: ['alias/ebs', KEY.replace(/key\/.*/, 'alias/ebs'), KEY.replace(/key\/.*/, 'key/*'), `${KEY},`],
    },
    { key: 'subnetOwnerAccounts', values: ['12345678901', '*', '123456789012;210987654321', ''] },
    { key: 'imports', values: ['no', true, ''] },
    {
      key: 'alarmEmail',
      values: ['ops', 'ops@localhost', 'a@example.com,b@example.com', 'ops@example.com,', 'ops@example.com;', 5],
    },
    { key: 'logRetentionDays', values: ['31', 0, 9999, 'forever', '90 days'] },
    { key: 'permissionsBoundaryArn', values: ['boundary', BOUNDARY.replace('policy', 'role'), `${BOUNDARY}*`] },
    { key: 'removalPolicy', values: ['snapshot', 'RETAIN', true] },
    { key: 'authentication', values: ['none'] },
    { key: 'throttlingRateLimit', values: [0, '1.5'] },
    { key: 'throttlingBurstLimit', values: ['many', 100_000] },
  ])('of $key names the key, the value and the remedy', ({ key, values }) => {
    for (const value of values) {
      const [fault, ...others] = faultsOf({ [key]: value });
      expect(others).toEqual([]);
      expect(fault).toMatch(/: it must be .{6,}/);
      expect(fault?.startsWith(`${key} is ${JSON.stringify(value)}: `)).toBe(true);
    }
  });

  test.each([
    { context: { apiDomainName: 'nodes.example.com' }, fault: /^apiDomainName .* apiCertificateArn is missing/ },
    {
      context: { apiCertificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1' },
      fault: /apiDomainName is missing/,
    },
    { context: { tableName: 'nodes', removalPolicy: 'destroy' }, fault: /^tableName .* give only one of the two$/ },
  ])('may be in what belongs together: $context', ({ context, fault }) => {
    expect(faultsOf(context)).toEqual([expect.stringMatching(fault)]);
  });

  test('does not hide the others: one error has them all', () => {
    const context = { stackName: '9', imports: 'no', alarmEmail: 'ops', removalPolicy: 'keep', apiDomainName: 'x' };
    expect(faultsOf(context).map((fault) => fault.split(' ')[0])).toEqual([
      'stackName',
      'imports',
      'alarmEmail',
      'removalPolicy',
      'apiDomainName',
      'apiDomainName',
    ]);
  });

  test('is told to the user of the CLI in words, without a stack trace', () => {
    const root = resolve(__dirname, '../..');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'node_modules/.bin/tsx'), 'infra/app.ts'],
      {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ imports: 'no', logRetentionDays: 2 }) },
      },
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringContaining('docs/deploy.md'),
      '- imports is "no": it must be on or off',
      expect.stringMatching(/^- logRetentionDays is 2: it must be a number of days .* 1, 3, 5, 7, .* 3653$/),
    ]);
  });
});

test('without a choice, the context changes nothing', () => {
  expect(deployed({ imports: 'on', logRetentionDays: 90 })).toEqual(template);
});

describe('alarmEmail', () => {
  test('subscribes to the alarms', () => {
    const subscriptions = resourcesOf('AWS::SNS::Subscription', deployed({ alarmEmail: 'ops+night@example.com' }));
    expect(Object.values(subscriptions).map(({ Properties }) => readable(Properties))).toEqual([
      { Endpoint: 'ops+night@example.com', Protocol: 'email', TopicArn: '<AlarmsTopic>' },
    ]);
    expect(resourcesOf('AWS::SNS::Subscription')).toEqual({});
  });
});

describe('logRetentionDays', () => {
  test.each(['7', 3653])('%s: every log is kept for that long', (logRetentionDays) => {
    const logs = Object.values(resourcesOf('AWS::Logs::LogGroup', deployed({ logRetentionDays })));
    expect(logs).toHaveLength(11);
    for (const { Properties } of logs) expect(Properties.RetentionInDays).toBe(Number(logRetentionDays));
  });

  test('is every value that CloudWatch knows', () => {
    const days = Object.values(RetentionDays)
      .filter((value) => typeof value === 'number')
      .filter((value) => value !== RetentionDays.INFINITE);
    expect(days.flatMap((logRetentionDays) => faultsOf({ logRetentionDays }))).toEqual([]);
  });
});

describe('volumeKeyArns', () => {
  test('allows the use of these keys alone, and only through EC2', () => {
    const throughEc2 = { StringEquals: { 'kms:ViaService': 'ec2.<AWS::Region>.amazonaws.com' } };
    const withKeys = deployed({ volumeKeyArns: `${KEY}, ${OTHER_KEY}` });
    expect(difference('StepsFunctionRole', withKeys, template)).toEqual([
      {
        actions: [
          'kms:Decrypt',
          'kms:DescribeKey',
          'kms:GenerateDataKeyWithoutPlaintext',
          'kms:ReEncryptFrom',
          'kms:ReEncryptTo',
        ],
        resources: [KEY, OTHER_KEY],
        conditions: throughEc2,
      },
      {
        actions: ['kms:CreateGrant'],
        resources: [KEY, OTHER_KEY],
        conditions: { ...throughEc2, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      },
    ]);
  });

  test('without it, no role may use a key', () => {
    const actions = Object.values(statementsByRole()).flatMap((statements) =>
      statements.flatMap((each) => each.actions),
    );
    expect(actions.filter((action) => action.startsWith('kms:'))).toEqual([]);
  });
});

describe('subnetOwnerAccounts', () => {
  const withOwners = deployed({ subnetOwnerAccounts: ['111111111111', 222222222222] });
  const ofOwner = (type: string, account: string) => `arn:<AWS::Partition>:ec2:<AWS::Region>:${account}:${type}/*`;
  const groups = ['111111111111', '222222222222'].map((account) => ofOwner('security-group', account));
  const subnets = ['111111111111', '222222222222'].map((account) => ofOwner('subnet', account));

  test.each([
    { action: 'ec2:RunInstances', added: [...groups, ...subnets] },
    { action: 'ec2:CreateNetworkInterface', added: [...groups, ...subnets] },
    { action: 'ec2:ModifyNetworkInterfaceAttribute', added: groups },
  ])('$action may name what these accounts share', ({ action, added }) => {
    const named = (from: SynthesizedTemplate) =>
      statementsByRole(from)
        .StepsFunctionRole!.filter(({ actions, conditions }) => actions.includes(action) && conditions === undefined)
        .flatMap(({ resources }) => resources);
    expect(named(withOwners).filter((resource) => !named(template).includes(resource))).toEqual(added);
  });

  test('the API knows them: it cannot see the gateway of a VPC of theirs', () => {
    const variables = resourcesOf('AWS::Lambda::Function', withOwners).NodeApiFunction!.Properties.Environment
      .Variables;
    expect(variables.SUBNET_OWNER_ACCOUNTS).toBe('111111111111,222222222222');
  });

  test('nothing else is allowed there', () => {
    expect(difference('StepsFunctionRole', withOwners, template)).toHaveLength(3);
  });
});

describe('imports=off', () => {
  const off = deployed({ imports: 'off' });

  test('no role may tag what Holdfast did not make, or read about it', () => {
    expect(difference('StepsFunctionRole', template, off)).toEqual([
      expect.objectContaining({ actions: ['ec2:CreateTags'] }),
      expect.objectContaining({ actions: ['ec2:DeleteTags'] }),
    ]);
    expect(difference('StepsFunctionRole', off, template)).toEqual([]);
    expect(difference('NodeApiFunctionRole', template, off)).toEqual([
      expect.objectContaining({ actions: ['ec2:DescribeInstanceAttribute'] }),
    ]);
    const tagging = Object.values(statementsByRole(off))
      .flat()
      .filter(({ actions }) => actions.some((action) => action.endsWith('Tags')));
    const ofCalls = {
      'ec2:CreateAction': ['CreateFleet', 'CreateLaunchTemplate', 'CreateNetworkInterface', 'RunInstances'],
    };
    for (const { conditions } of tagging) {
      const { StringEquals } = conditions as { StringEquals: object };
      expect([ofCalls, { 'aws:ResourceTag/holdfast:deployment': 'Holdfast' }]).toContainEqual(StringEquals);
    }
  });

  test('the API knows', () => {
    const variables = (from: SynthesizedTemplate) =>
      resourcesOf('AWS::Lambda::Function', from).NodeApiFunction!.Properties.Environment.Variables;
    expect(variables(off).IMPORTS).toBe('off');
    expect(variables(template)).not.toHaveProperty('IMPORTS');
  });
});

describe('permissionsBoundaryArn', () => {
  test("may be one of AWS's own policies", () => {
    expect(faultsOf({ permissionsBoundaryArn: 'arn:aws:iam::aws:policy/PowerUserAccess' })).toEqual([]);
  });

  test('limits every role', () => {
    const roles = Object.values(resourcesOf('AWS::IAM::Role', deployed({ permissionsBoundaryArn: BOUNDARY })));
    expect(roles).toHaveLength(Object.keys(resourcesOf('AWS::IAM::Role')).length);
    for (const { Properties } of roles) expect(Properties.PermissionsBoundary).toBe(BOUNDARY);
  });
});

describe('removalPolicy', () => {
  const policies = (from: SynthesizedTemplate): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      ['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup'].map((type) => [
        type,
        [
          ...new Set(
            Object.values(resourcesOf(type, from)).map((each) =>
              [each.DeletionPolicy, each.UpdateReplacePolicy].join(' '),
            ),
          ),
        ],
      ]),
    );
  const isProtected = (from: SynthesizedTemplate): unknown =>
    resourcesOf('AWS::DynamoDB::Table', from).NodesTable?.Properties.DeletionProtectionEnabled;

  test.each([
    { context: {}, table: 'Retain Retain', logs: 'Delete Delete', deletionProtection: true },
    { context: { removalPolicy: 'retain' }, table: 'Retain Retain', logs: 'Retain Retain', deletionProtection: true },
    { context: { removalPolicy: 'destroy' }, table: 'Delete Delete', logs: 'Delete Delete', deletionProtection: false },
  ])('$context', ({ context, table, logs, deletionProtection }) => {
    expect(policies(deployed(context))).toEqual({
      'AWS::DynamoDB::Table': [table],
      'AWS::SecretsManager::Secret': [table],
      'AWS::Logs::LogGroup': [logs],
    });
    expect(isProtected(deployed(context))).toBe(deletionProtection);
  });
});

test.each([
  { context: {}, left: ['NodeApiTokenSecret', 'NodesTable'] },
  { context: { removalPolicy: 'destroy' }, left: [] },
])('what the removal of the stack leaves, with $context: $left', ({ context, left }) => {
  const retained = Object.entries(deployed(context).Resources).filter(([, { DeletionPolicy }]) =>
    DeletionPolicy?.startsWith('Retain'),
  );
  expect(retained.map(([id]) => id.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual(left);
});

test.each(['retain', 'destroy'])('removalPolicy=%s concerns only what holds data', (removalPolicy) => {
  const stores = ['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup'];
  const others = ({ Resources }: SynthesizedTemplate): unknown =>
    Object.entries(Resources)
      .filter(([, { Type }]) => !stores.includes(Type))
      .map(([id, { DeletionPolicy, UpdateReplacePolicy }]) => ({ id, DeletionPolicy, UpdateReplacePolicy }));
  expect(others(deployed({ removalPolicy }))).toEqual(others(template));
});

test('a choice in code wins over the context', () => {
  const context = { imports: 'off', removalPolicy: 'destroy', stackName: 'Blue' };
  const { Resources } = withContext(context, () =>
    synthesizeTemplate({
      imports: true,
      removalPolicy: RemovalPolicy.RETAIN,
      stackName: 'Holdfast',
      logRetentionDays: 90,
    }),
  ) as SynthesizedTemplate;
  expect(Object.keys(Resources)).toEqual(Object.keys(template.Resources));
  expect(JSON.stringify(Resources)).not.toContain('Blue');
  expect(JSON.stringify(Resources)).not.toContain('IMPORTS');
});
