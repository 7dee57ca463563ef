import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesizeTemplate } from '../../infra/app';
import {
  readable,
  resourcesOf,
  statementsByRole,
  template,
  type Statement,
  type SynthesizedTemplate,
} from './synthesized-stack';

const owned = (type: string) => `arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:${type}/*`;
const shared = (type: string) => `arn:<AWS::Partition>:ec2:<AWS::Region>::${type}/*`;

const stateMachine = (name: string) =>
  `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:Holdfast-${name}`;

const KINDS = ['launch', 'replace', 'pause', 'adjust', 'delete'];
const ALL_MACHINES = KINDS.map((kind) => stateMachine(`${kind}-node`));
const ALL_EXECUTIONS = ALL_MACHINES.map((arn) => `${arn.replace(':stateMachine:', ':execution:')}:*`);
const MACHINE_IDS = ['LaunchNode', 'ReplaceNode', 'PauseNode', 'AdjustNode', 'DeleteNode'].map(
  (id) => `Operations${id}`,
);

const TAGGED_REQUEST = { StringEquals: { 'aws:RequestTag/holdfast:deployment': 'Holdfast' } };
const TAGGED_RESOURCE = { StringEquals: { 'aws:ResourceTag/holdfast:deployment': 'Holdfast' } };

const ONLY_MARKS = {
  Null: { 'aws:ResourceTag/holdfast:generation': 'true', 'aws:TagKeys': 'false' },
  'ForAllValues:StringEquals': { 'aws:TagKeys': ['holdfast:node-id', 'holdfast:deployment'] },
  StringEqualsIfExists: TAGGED_RESOURCE.StringEquals,
};

const ownLog = (name: string): Statement => ({
  actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  resources: [`<${name}Log.Arn>`],
});
const onNodes = (...operations: readonly string[]): Statement => ({
  actions: operations.map((operation) => `dynamodb:${operation}`),
  resources: ['<NodesTable.Arn>'],
});
const INVOKE_STEPS: Statement = { actions: ['lambda:InvokeFunction'], resources: ['<StepsFunction.Arn>'] };
const DELIVER_LOGS: Statement = {
  actions: [
    'logs:CreateLogDelivery',
    'logs:GetLogDelivery',
    'logs:UpdateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:DescribeResourcePolicies',
    'logs:DescribeLogGroups',
  ],
  resources: ['*'],
};
const TRACE: Statement = {
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
  resources: ['*'],
};

const WRITE_TRACES: Statement = {
  actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  resources: ['*'],
};

const TELL_STATUS: Statement = {
  actions: ['events:PutEvents'],
  resources: ['arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default'],
};

const EXPECTED: Readonly<Record<string, readonly Statement[]>> = {
  StepsFunctionRole: [
    WRITE_TRACES,
    ownLog('StepsFunction'),
    onNodes('GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
    {
      actions: ['states:StartExecution', 'states:SendTaskSuccess', 'states:SendTaskFailure'],
      resources: ALL_MACHINES,
    },
    TELL_STATUS,
    {
      actions: [
        'ec2:DescribeAddresses',
        'ec2:DescribeInstances',
        'ec2:DescribeLaunchTemplates',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeVolumes',
      ],
      resources: ['*'],
    },
    {
      actions: ['ec2:CreateFleet', 'ec2:CreateLaunchTemplate', 'ec2:RunInstances'],
      resources: [owned('fleet'), owned('instance'), owned('launch-template'), owned('volume')],
      conditions: TAGGED_REQUEST,
    },
    {
      actions: ['ec2:CreateFleet', 'ec2:DeleteLaunchTemplate', 'ec2:RunInstances'],
      resources: [owned('launch-template')],
      conditions: TAGGED_RESOURCE,
    },
    {
      actions: ['ec2:CreateFleet', 'ec2:RunInstances'],
      resources: [
        owned('key-pair'),
        owned('network-interface'),
        owned('security-group'),
        owned('spot-instances-request'),
        owned('subnet'),
        shared('image'),
        shared('snapshot'),
      ],
    },
    {
      actions: ['ec2:CreateTags'],
      resources: [
        owned('fleet'),
        owned('instance'),
        owned('launch-template'),
        owned('network-interface'),
        owned('volume'),
      ],
      conditions: {
        StringEquals: {
          'ec2:CreateAction': ['CreateFleet', 'CreateLaunchTemplate', 'CreateNetworkInterface', 'RunInstances'],
        },
      },
    },
    { actions: ['ec2:TerminateInstances'], resources: [owned('instance')], conditions: TAGGED_RESOURCE },
    { actions: ['ec2:CreateNetworkInterface'], resources: [owned('network-interface')], conditions: TAGGED_REQUEST },
    { actions: ['ec2:CreateNetworkInterface'], resources: [owned('security-group'), owned('subnet')] },
    {
      actions: ['ec2:DeleteNetworkInterface', 'ec2:DeleteVolume', 'ec2:DetachNetworkInterface'],
      resources: [owned('network-interface'), owned('volume')],
      conditions: TAGGED_RESOURCE,
    },
    {
      actions: ['ec2:AttachNetworkInterface', 'ec2:ModifyNetworkInterfaceAttribute'],
      resources: [owned('instance'), owned('network-interface')],
      conditions: TAGGED_RESOURCE,
    },
    { actions: ['ec2:DetachNetworkInterface'], resources: [owned('instance')] },
    { actions: ['ec2:ModifyNetworkInterfaceAttribute'], resources: [owned('security-group')] },
    { actions: ['ec2:AssociateAddress', 'ec2:DisassociateAddress'], resources: [owned('elastic-ip')] },
    {
      actions: ['ec2:AssociateAddress'],
      resources: [owned('instance'), owned('network-interface')],
      conditions: TAGGED_RESOURCE,
    },
    { actions: ['ec2:DisassociateAddress'], resources: [owned('network-interface')], conditions: TAGGED_RESOURCE },
    {
      actions: ['ec2:CreateTags'],
      resources: [owned('instance'), owned('network-interface')],
      conditions: { ...ONLY_MARKS, ...TAGGED_REQUEST },
    },
    { actions: ['ec2:DeleteTags'], resources: [owned('instance'), owned('network-interface')], conditions: ONLY_MARKS },
    {
      actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
      resources: [owned('instance'), owned('network-interface'), owned('volume')],
      conditions: {
        ...TAGGED_RESOURCE,
        Null: { 'aws:TagKeys': 'false' },
        'ForAllValues:StringNotEquals': {
          'aws:TagKeys': ['holdfast:node-id', 'holdfast:generation', 'holdfast:deployment', 'holdfast:request'],
        },
      },
    },
    {
      actions: ['iam:CreateServiceLinkedRole'],
      resources: [
        'arn:<AWS::Partition>:iam::<AWS::AccountId>:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot',
      ],
      conditions: { StringEquals: { 'iam:AWSServiceName': 'spot.amazonaws.com' } },
    },
  ],
  ConsoleFunctionRole: [WRITE_TRACES, ownLog('ConsoleFunction')],
  WaiterWakeUpWakeWaiterRole: [
    { actions: ['sqs:SendMessage'], resources: ['<UndeliveredEventsQueue.Arn>'] },
    WRITE_TRACES,
    ownLog('WaiterWakeUpWakeWaiter'),
    onNodes('GetItem', 'UpdateItem'),
    {
      actions: ['states:SendTaskSuccess', 'states:SendTaskFailure'],
      resources: MACHINE_IDS.map((id) => `<${id}>`),
    },
    { actions: ['states:StartExecution'], resources: ['<OperationsReplaceNode>'] },
  ],
  ReconcilerFunctionRole: [
    { actions: ['sqs:SendMessage'], resources: ['<ReconcilerUndeliveredQueue.Arn>'] },
    WRITE_TRACES,
    ownLog('ReconcilerFunction'),
    onNodes('GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'),
    { actions: ['dynamodb:Query'], resources: ['<NodesTable.Arn>/index/AtRest'] },
    { actions: ['states:ListExecutions', 'states:StartExecution'], resources: ALL_MACHINES },
    { actions: ['states:DescribeExecution'], resources: ALL_EXECUTIONS },
    {
      actions: [
        'ec2:DescribeAddresses',
        'ec2:DescribeInstances',
        'ec2:DescribeInstanceStatus',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeVolumes',
      ],
      resources: ['*'],
    },
    { actions: ['ec2:TerminateInstances'], resources: [owned('instance')], conditions: TAGGED_RESOURCE },
    {
      actions: ['ec2:DeleteNetworkInterface', 'ec2:DetachNetworkInterface'],
      resources: [owned('network-interface')],
      conditions: TAGGED_RESOURCE,
    },
    { actions: ['ec2:DetachNetworkInterface'], resources: [owned('instance')] },
    { actions: ['ec2:DeleteLaunchTemplate'], resources: [owned('launch-template')], conditions: TAGGED_RESOURCE },
    {
      actions: ['ec2:DeleteVolume'],
      resources: [owned('volume')],
      conditions: {
        ...TAGGED_RESOURCE,
        Null: { 'aws:ResourceTag/holdfast:left-by': 'false', 'aws:ResourceTag/holdfast:expires-at': 'false' },
      },
    },
  ],
  NodeApiFunctionRole: [
    WRITE_TRACES,
    ownLog('NodeApiFunction'),
    onNodes('GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem', 'Query'),
    { actions: ['dynamodb:Query'], resources: ['<NodesTable.Arn>/index/Listed'] },
    { actions: ['secretsmanager:GetSecretValue'], resources: ['<NodeApiTokenSecret>'] },
    {
      actions: [
        'ec2:DescribeAddresses',
        'ec2:DescribeAvailabilityZones',
        'ec2:DescribeImages',
        'ec2:DescribeInstances',
        'ec2:DescribeInstanceTypes',
        'ec2:DescribeInternetGateways',
        'ec2:DescribeKeyPairs',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeRegions',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSnapshots',
        'ec2:DescribeSpotInstanceRequests',
        'ec2:DescribeSpotPriceHistory',
        'ec2:DescribeSubnets',
        'ec2:DescribeVolumes',
        'ec2:DescribeVpcs',
      ],
      resources: ['*'],
    },
    { actions: ['ec2:DeleteVolume'], resources: [owned('volume')], conditions: TAGGED_RESOURCE },
    {
      actions: ['ec2:DeleteNetworkInterface'],
      resources: [owned('network-interface')],
      conditions: { ...TAGGED_RESOURCE, Null: { 'aws:ResourceTag/holdfast:left-by': 'false' } },
    },
    { actions: ['ec2:DescribeInstanceAttribute'], resources: [owned('instance')] },
    { actions: ['cloudwatch:GetMetricData', 'pricing:GetProducts'], resources: ['*'] },
    { actions: ['states:StartExecution', 'states:SendTaskSuccess'], resources: ALL_MACHINES },
    { actions: ['states:GetExecutionHistory'], resources: ALL_EXECUTIONS },
    TELL_STATUS,
  ],
  ...Object.fromEntries(MACHINE_IDS.map((id) => [`${id}Role`, [DELIVER_LOGS, TRACE, INVOKE_STEPS]])),
  OperationsReplaceNodeEventsRole: [{ actions: ['states:StartExecution'], resources: ['<OperationsReplaceNode>'] }],
};

describe('a role may do what it needs and nothing else', () => {
  const actual = statementsByRole();

  test('there are no other roles', () => {
    expect(Object.keys(actual).sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  test.each(Object.keys(EXPECTED))('%s', (role) => {
    expect(actual[role]).toEqual(EXPECTED[role]);
  });

  test.each(Object.entries(resourcesOf('AWS::IAM::Role')))('%s has no policy but these', (_name, { Properties }) => {
    expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(Properties).not.toHaveProperty('Policies');
  });

  const OWN_STATE_MACHINES_ONLY = {
    ArnLike: { 'aws:SourceArn': 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:*' },
    StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
  };

  test.each([
    { role: 'StepsFunctionRole', service: 'lambda.amazonaws.com', condition: undefined },
    { role: 'WaiterWakeUpWakeWaiterRole', service: 'lambda.amazonaws.com', condition: undefined },
    { role: 'NodeApiFunctionRole', service: 'lambda.amazonaws.com', condition: undefined },
    { role: 'ConsoleFunctionRole', service: 'lambda.amazonaws.com', condition: undefined },
    { role: 'ReconcilerFunctionRole', service: 'lambda.amazonaws.com', condition: undefined },
    ...MACHINE_IDS.map((id) => ({
      role: `${id}Role`,
      service: 'states.amazonaws.com',
      condition: OWN_STATE_MACHINES_ONLY,
    })),
    { role: 'OperationsReplaceNodeEventsRole', service: 'events.amazonaws.com', condition: undefined },
  ])('only $service may assume $role', ({ role, service, condition }) => {
    expect(readable(resourcesOf('AWS::IAM::Role')[role]?.Properties.AssumeRolePolicyDocument.Statement)).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: service },
        ...(condition && { Condition: condition }),
      },
    ]);
  });
});

describe('instance roles', () => {
  const passRole = (from: SynthesizedTemplate) =>
    Object.values(statementsByRole(from))
      .flat()
      .filter(({ actions }) => actions.includes('iam:PassRole'));

  test('no role may be passed unless it is named', () => {
    expect(passRole(template)).toEqual([]);
  });

  test('only named roles may be passed, and only to EC2', () => {
    const instanceRoleArns = ['arn:aws:iam::123456789012:role/web', 'arn:aws:iam::123456789012:role/db'];
    expect(passRole(synthesizeTemplate({ instanceRoleArns }) as SynthesizedTemplate)).toEqual([
      {
        actions: ['iam:PassRole'],
        resources: instanceRoleArns,
        conditions: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      },
    ]);
  });
});

describe('permissions and code agree', () => {
  const ROOT = join(__dirname, '../..');
  /** The prefix of IAM actions for a client of the SDK. */
  const SERVICES: Readonly<Record<string, string>> = {
    dynamodb: 'dynamodb',
    ec2: 'ec2',
    eventbridge: 'events',
    pricing: 'pricing',
    cloudwatch: 'cloudwatch',
    'secrets-manager': 'secretsmanager',
    sfn: 'states',
  };

  /** IAM has no action for a transaction: each of its items needs its own. */
  const OF_TRANSACTIONS: Readonly<Record<string, readonly string[]>> = {
    TransactWriteItems: ['PutItem', 'DeleteItem', 'ConditionCheckItem'],
  };

  /** Which action an SDK command needs: `RunInstancesCommand` from client-ec2 needs `ec2:RunInstances`. */
  function actionsOfCode(): string[] {
    const files = readdirSync(join(ROOT, 'lambdas'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const source = files.map((file) => readFileSync(join(ROOT, 'lambdas', file), 'utf8')).join('\n');
    const imports = [...source.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g)];
    const actions = imports.flatMap(([, names, client]) =>
      [...names!.matchAll(/\b(\w+)Command\b/g)].flatMap(([, name]) =>
        (OF_TRANSACTIONS[name!] ?? [name!]).map((action) => `${SERVICES[client!]}:${action}`),
      ),
    );
    return [...new Set(actions)].sort();
  }

  /** What the functions' roles allow, apart from what Lambda itself needs. */
  function actionsOfFunctions(): string[] {
    const roles = Object.entries(statementsByRole()).filter(([role]) =>
      Object.keys(resourcesOf('AWS::Lambda::Function')).some((name) => role === `${name}Role`),
    );
    const actions = roles.flatMap(([, statements]) => statements.flatMap((statement) => statement.actions));
    const ofSdk = (action: string) => Object.values(SERVICES).includes(action.split(':')[0]!);
    return [...new Set(actions.filter(ofSdk))].sort();
  }

  test('every call that the code makes is allowed, and nothing is allowed that it never calls', () => {
    expect(actionsOfFunctions()).toEqual(actionsOfCode());
  });
});
