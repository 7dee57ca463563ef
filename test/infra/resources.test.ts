import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { DEPLOYMENT_TAG, EXPIRES_AT_TAG, GENERATION_TAG, LEFT_BY_TAG } from '../../domain/node/stateful-node';
import { REBALANCE_DETAIL_TYPE, STATE_CHANGE_DETAIL_TYPE, WARNING_DETAIL_TYPE } from '../../domain/operation/trigger';
import { readable, resourcesOf, template } from './synthesized-stack';

const STATE_MACHINE_ARN_PREFIX = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:Holdfast-';
const QUEUE_ARN = '<UndeliveredEventsQueue.Arn>';
const RECONCILER_QUEUE_ARN = '<ReconcilerUndeliveredQueue.Arn>';

describe('the node table', () => {
  const { NodesTable: table } = resourcesOf('AWS::DynamoDB::Table');

  test('is keyed by pk and sk, on demand, and restorable', () => {
    expect(table?.Properties).toEqual({
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: 'shard', AttributeType: 'S' },
        { AttributeName: 'updatedAt', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'AtRest',
          KeySchema: [
            { AttributeName: 'shard', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['atRest'] },
        },
        {
          IndexName: 'Listed',
          KeySchema: [
            { AttributeName: 'shard', KeyType: 'HASH' },
            { AttributeName: 'updatedAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['listed'] },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });

  test('outlives the stack, and its own replacement', () => {
    expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });
});

describe('functions', () => {
  const functions = resourcesOf('AWS::Lambda::Function');
  const expected = [
    {
      name: 'StepsFunction',
      entry: 'lambdas/steps/handler.ts',
      environment: { DEPLOYMENT: 'Holdfast', TABLE_NAME: '<NodesTable>', STATE_MACHINE_ARN_PREFIX },
    },
    {
      name: 'NodeApiFunction',
      entry: 'lambdas/api/handler.ts',
      timeoutSeconds: 29,
      environment: {
        DEPLOYMENT: 'Holdfast',
        TABLE_NAME: '<NodesTable>',
        STATE_MACHINE_ARN_PREFIX,
        API_TOKEN_SECRET_ARN: '<NodeApiTokenSecret>',
        INSTANCE_ROLE_ARNS: '',
      },
    },
    {
      name: 'ConsoleFunction',
      entry: 'lambdas/console/handler.ts',
      timeoutSeconds: 10,
      environment: { DEPLOYMENT: 'Holdfast' },
    },
    {
      name: 'WaiterWakeUpWakeWaiter',
      entry: 'lambdas/wake-waiter/handler.ts',
      environment: { DEPLOYMENT: 'Holdfast', TABLE_NAME: '<NodesTable>', STATE_MACHINE_ARN_PREFIX },
      deadLetterQueue: { TargetArn: QUEUE_ARN },
      tracing: 'PassThrough',
    },
    {
      name: 'ReconcilerFunction',
      entry: 'lambdas/reconciler/handler.ts',
      timeoutSeconds: 300,
      environment: { DEPLOYMENT: 'Holdfast', TABLE_NAME: '<NodesTable>', STATE_MACHINE_ARN_PREFIX },
      deadLetterQueue: { TargetArn: RECONCILER_QUEUE_ARN },
      tracing: 'PassThrough',
    },
  ];

  test('there are no others', () => {
    expect(Object.keys(functions).sort()).toEqual(expected.map(({ name }) => name).sort());
  });

  test.each(expected)(
    '$name',
    ({ name, entry, environment, deadLetterQueue, timeoutSeconds = 60, tracing = 'Active' }) => {
      const { Properties, Metadata } = functions[name]!;
      const { Code: _code, Description: description, ...configuration } = readable(Properties);
      expect(description).toMatch(/\S/);
      expect(configuration).toEqual({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        MemorySize: 1024,
        Timeout: timeoutSeconds,
        Role: `<${name}Role.Arn>`,
        LoggingConfig: {
          LogGroup: `<${name}Log>`,
          LogFormat: 'JSON',
          ApplicationLogLevel: 'INFO',
          SystemLogLevel: 'WARN',
        },
        TracingConfig: { Mode: tracing },
        Environment: { Variables: { ...environment, NODE_OPTIONS: '--enable-source-maps' } },
        ...(deadLetterQueue && { DeadLetterConfig: deadLetterQueue }),
      });
      expect(Metadata).toMatchObject({ 'holdfast:entry': entry });
      expect(existsSync(join(__dirname, '../..', entry))).toBe(true);
    },
  );
});

describe('log groups', () => {
  test('every function, every state machine and the stage has one, kept for 90 days', () => {
    const logs = resourcesOf('AWS::Logs::LogGroup');
    const owners = [
      ...Object.keys(resourcesOf('AWS::Lambda::Function')),
      ...Object.keys(resourcesOf('AWS::StepFunctions::StateMachine')),
    ];
    expect(Object.keys(logs).sort()).toEqual([...owners.map((owner) => `${owner}Log`), 'NodeApiAccessLog'].sort());
    for (const { Properties } of Object.values(logs)) expect(Properties.RetentionInDays).toBe(90);
  });
});

describe('event rules', () => {
  const rules = resourcesOf('AWS::Events::Rule');
  const startReplaceNode = {
    Id: 'Target0',
    Arn: '<OperationsReplaceNode>',
    RoleArn: '<OperationsReplaceNodeEventsRole.Arn>',
    DeadLetterConfig: { Arn: QUEUE_ARN },
  };
  const runReconciler = {
    Id: 'Target0',
    Arn: '<ReconcilerFunction.Arn>',
    DeadLetterConfig: { Arn: RECONCILER_QUEUE_ARN },
    RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 2 },
  };
  const expected = [
    {
      name: 'NodeReplacementInterruptionWarning',
      pattern: { source: ['aws.ec2'], 'detail-type': ['EC2 Spot Instance Interruption Warning'] },
      target: startReplaceNode,
    },
    {
      name: 'NodeReplacementRebalanceRecommendation',
      pattern: { source: ['aws.ec2'], 'detail-type': ['EC2 Instance Rebalance Recommendation'] },
      target: startReplaceNode,
    },
    {
      name: 'WaiterWakeUpStateChange',
      pattern: {
        source: ['aws.ec2'],
        'detail-type': ['EC2 Instance State-change Notification'],
        detail: { state: ['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped'] },
      },
      target: { Id: 'Target0', Arn: '<WaiterWakeUpWakeWaiter.Arn>', DeadLetterConfig: { Arn: QUEUE_ARN } },
    },
    {
      name: 'ReconcilerTakenByHand',
      pattern: {
        source: ['aws.ec2'],
        'detail-type': ['AWS API Call via CloudTrail'],
        detail: {
          eventSource: ['ec2.amazonaws.com'],
          eventName: [
            'AssociateAddress',
            'DeleteNetworkInterface',
            'DetachNetworkInterface',
            'DisassociateAddress',
            'ReleaseAddress',
          ],
          errorCode: [{ exists: false }],
          userIdentity: {
            sessionContext: {
              sessionIssuer: {
                arn: [
                  { exists: false },
                  { 'anything-but': ['<StepsFunctionRole.Arn>', '<ReconcilerFunctionRole.Arn>'] },
                ],
              },
            },
          },
        },
      },
      target: runReconciler,
    },
    {
      name: 'ReconcilerExecutionEnded',
      pattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: ['Launch', 'Replace', 'Pause', 'Adjust', 'Delete'].map((kind) => `<Operations${kind}Node>`),
        },
      },
      target: runReconciler,
    },
  ];
  const schedules = [{ name: 'ReconcilerSchedule', expression: 'rate(1 minute)', target: runReconciler }];

  test('there are no others', () => {
    expect(Object.keys(rules).sort()).toEqual([...expected, ...schedules].map(({ name }) => name).sort());
  });

  test.each(schedules)('$name: $expression, with a dead-letter queue', ({ name, expression, target }) => {
    expect(readable(rules[name]?.Properties)).toEqual({
      ScheduleExpression: expression,
      State: 'ENABLED',
      Targets: [target],
    });
  });

  test.each(expected)(
    '$name passes the whole event to one target, with a dead-letter queue',
    ({ name, pattern, target }) => {
      expect(readable(rules[name]?.Properties)).toEqual({ EventPattern: pattern, State: 'ENABLED', Targets: [target] });
    },
  );

  test('match what the code reads, and the code reads what they match', () => {
    const about = (name: string) => !name.startsWith('Reconciler');
    const matched = Object.keys(rules)
      .filter(about)
      .flatMap((name) => rules[name]?.Properties.EventPattern['detail-type']);
    expect(matched.sort()).toEqual([REBALANCE_DETAIL_TYPE, STATE_CHANGE_DETAIL_TYPE, WARNING_DETAIL_TYPE].sort());
  });

  test('only rules and the API may invoke their functions, and no service may invoke the steps', () => {
    expect(Object.values(resourcesOf('AWS::Lambda::Permission')).map(({ Properties }) => readable(Properties))).toEqual(
      [
        {
          Action: 'lambda:InvokeFunction',
          FunctionName: '<WaiterWakeUpWakeWaiter.Arn>',
          Principal: 'events.amazonaws.com',
          SourceArn: '<WaiterWakeUpStateChange.Arn>',
        },
        ...['Schedule', 'TakenByHand', 'ExecutionEnded'].map((rule) => ({
          Action: 'lambda:InvokeFunction',
          FunctionName: '<ReconcilerFunction.Arn>',
          Principal: 'events.amazonaws.com',
          SourceArn: `<Reconciler${rule}.Arn>`,
        })),
        ...['console', 'console/{proxy+}'].map((path) => ({
          Action: 'lambda:InvokeFunction',
          FunctionName: '<ConsoleFunction.Arn>',
          Principal: 'apigateway.amazonaws.com',
          SourceArn: `arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<NodeApiHttpApi>/*/*/${path}`,
        })),
        {
          Action: 'lambda:InvokeFunction',
          FunctionName: '<NodeApiFunction.Arn>',
          Principal: 'apigateway.amazonaws.com',
          SourceArn: 'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<NodeApiHttpApi>/*/*',
        },
      ],
    );
  });
});

test('Lambda does not retry the reconciler, but does retry the function that wakes waiters', () => {
  const configs = Object.values(resourcesOf('AWS::Lambda::EventInvokeConfig'));
  expect(configs.map(({ Properties }) => readable(Properties) as unknown)).toEqual([
    { FunctionName: '<ReconcilerFunction>', Qualifier: '$LATEST', MaximumRetryAttempts: 0 },
  ]);
});

describe('the queues of undelivered events', () => {
  const queues = Object.keys(resourcesOf('AWS::SQS::Queue'));
  const rulesOf = (queue: string) =>
    Object.entries(resourcesOf('AWS::Events::Rule'))
      .filter(([, { Properties }]) => readable(Properties.Targets[0].DeadLetterConfig.Arn) === `<${queue}.Arn>`)
      .map(([name]) => name);

  test('are two: one for events about instances, and one for the reconciler', () => {
    expect(queues.sort()).toEqual(['ReconcilerUndeliveredQueue', 'UndeliveredEventsQueue']);
    expect(rulesOf('ReconcilerUndeliveredQueue').every((rule) => rule.startsWith('Reconciler'))).toBe(true);
  });

  test.each(queues)('%s is encrypted, and keeps events for as long as SQS allows', (queue) => {
    expect(resourcesOf('AWS::SQS::Queue')[queue]?.Properties).toEqual({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
    });
  });

  test.each(queues)('%s accepts only encrypted connections, and only events of its rules', (queue) => {
    const policy = resourcesOf('AWS::SQS::QueuePolicy')[`${queue}Policy`];
    const statements: any[] = readable(policy?.Properties.PolicyDocument.Statement);
    expect(rulesOf(queue)).toHaveLength(3);
    expect(statements).toHaveLength(1 + rulesOf(queue).length);
    expect(statements).toContainEqual({
      Effect: 'Deny',
      Action: 'sqs:*',
      Principal: { AWS: '*' },
      Resource: `<${queue}.Arn>`,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    for (const rule of rulesOf(queue)) {
      expect(statements).toContainEqual(
        expect.objectContaining({
          Effect: 'Allow',
          Action: 'sqs:SendMessage',
          Principal: { Service: 'events.amazonaws.com' },
          Resource: `<${queue}.Arn>`,
          Condition: { ArnEquals: { 'aws:SourceArn': `<${rule}.Arn>` } },
        }),
      );
    }
  });
});

test('permissions depend on the tag that the code sets', () => {
  const keys = JSON.stringify(resourcesOf('AWS::IAM::Policy')).match(/(?<=aws:(Request|Resource)Tag\/)[^"\\]+/g);
  expect(new Set(keys)).toEqual(new Set([DEPLOYMENT_TAG, EXPIRES_AT_TAG, GENERATION_TAG, LEFT_BY_TAG]));
});

test('no resource depends on itself through others', () => {
  expect(() => Template.fromJSON(template)).not.toThrow();
});

test('the stack outputs what a person needs to use it', () => {
  const values = Object.entries(readable(template.Outputs)).map(([name, output]: [string, any]) => [
    name,
    output.Value,
  ]);
  expect(Object.fromEntries(values)).toEqual({
    ApiUrl: '<NodeApiHttpApi.ApiEndpoint>',
    ConsoleUrl: '<NodeApiHttpApi.ApiEndpoint>/console/',
    ApiTokenSecretArn: '<NodeApiTokenSecret>',
    AlarmTopicArn: '<AlarmsTopic>',
    TableName: '<NodesTable>',
    LaunchNodeStateMachineArn: '<OperationsLaunchNode>',
    ReplaceNodeStateMachineArn: '<OperationsReplaceNode>',
    PauseNodeStateMachineArn: '<OperationsPauseNode>',
    AdjustNodeStateMachineArn: '<OperationsAdjustNode>',
    DeleteNodeStateMachineArn: '<OperationsDeleteNode>',
    ReconcilerFunctionName: '<ReconcilerFunction>',
    UndeliveredEventsQueueUrl: '<UndeliveredEventsQueue>',
    ListNodesCommand: 'npx holdfast --stack Holdfast --region <AWS::Region> list',
    SubscribeCommand:
      'aws sns subscribe --region <AWS::Region> --topic-arn <AlarmsTopic> --protocol email ' +
      '--notification-endpoint you@example.com',
    ShellVariables:
      'export AWS_REGION=<AWS::Region> API_URL=<NodeApiHttpApi.ApiEndpoint> SECRET=<NodeApiTokenSecret> ' +
      'TOKEN=$(aws secretsmanager get-secret-value --region <AWS::Region> --secret-id <NodeApiTokenSecret> ' +
      '--query SecretString --output text | node -p \'JSON.parse(require("fs").readFileSync(0)).current\') ' +
      'TABLE=<NodesTable> RECONCILER=<ReconcilerFunction> WAKE_WAITER=<WaiterWakeUpWakeWaiter> ' +
      'QUEUE=<UndeliveredEventsQueue> REPLACE_NODE=<OperationsReplaceNode> DELETE_NODE=<OperationsDeleteNode>',
  });
});
