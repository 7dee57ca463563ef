/**
 * The names that a deployment cannot change without losing something: CloudFormation replaces a resource whose logical
 * id or name changes, records are found by their keys, and people's rules and scripts name events, routes and machines.
 * Every expectation is a literal, so that a rename anywhere in the code fails here.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { OperationRecord } from '../../domain/operation/operation-record';
import { operationHistory } from '../../lambdas/adapters/dynamodb-history';
import { nodeLog } from '../../lambdas/adapters/dynamodb-log';
import { migrationRecords } from '../../lambdas/adapters/dynamodb-migrations';
import { tableOwnership } from '../../lambdas/adapters/dynamodb-ownership';
import { addressClaims, instanceIndex } from '../../lambdas/adapters/dynamodb-table';
import { nodeRecords } from '../../lambdas/adapters/dynamodb-nodes';
import { usageRecords } from '../../lambdas/adapters/dynamodb-usage';
import { announceStatus } from '../../lambdas/adapters/eventbridge';
import { aLog } from '../lambdas/runtime';
import { routes } from '../../lambdas/api/routes';
import { aNode } from '../domain/builders';
import { readable, statementsByRole, template } from './synthesized-stack';

/** By logical id as it is deployed, the hash included. */
const resourcesOf = (type: string): [string, any][] =>
  Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([logicalId, { Properties }]) => [logicalId, Properties]);

const namesOf = (type: string, name: string): Record<string, unknown> =>
  Object.fromEntries(resourcesOf(type).map(([logicalId, properties]) => [logicalId, properties?.[name]]));

describe('the resources', () => {
  test.each<{ type: string; name: string; expected: Record<string, string | undefined> }>([
    // Without a name of its own, a resource is named after its logical id.
    { type: 'AWS::DynamoDB::Table', name: 'TableName', expected: { NodesTable1CC39F63: undefined } },
    { type: 'AWS::SecretsManager::Secret', name: 'Name', expected: { NodeApiTokenSecretEDD40F21: undefined } },
    { type: 'AWS::KMS::Key', name: 'KeyId', expected: { AlarmsKey3C2381B3: undefined } },
    { type: 'AWS::SNS::Topic', name: 'TopicName', expected: { AlarmsTopic3A2DFEBA: undefined } },
    { type: 'AWS::ApiGatewayV2::Api', name: 'Name', expected: { NodeApiHttpApiAE6BFA26: 'Holdfast' } },
    { type: 'AWS::ApiGatewayV2::Stage', name: 'StageName', expected: { NodeApiStage5E9C44B1: '$default' } },
    {
      type: 'AWS::SQS::Queue',
      name: 'QueueName',
      expected: { UndeliveredEventsQueue353EC953: undefined, ReconcilerUndeliveredQueue091FE211: undefined },
    },
    {
      type: 'AWS::StepFunctions::StateMachine',
      name: 'StateMachineName',
      expected: {
        OperationsLaunchNode92A7E774: 'Holdfast-launch-node',
        OperationsReplaceNode7A1BD532: 'Holdfast-replace-node',
        OperationsPauseNode1EBF935A: 'Holdfast-pause-node',
        OperationsAdjustNode57560C3B: 'Holdfast-adjust-node',
        OperationsDeleteNodeC9EECDC1: 'Holdfast-delete-node',
      },
    },
    {
      type: 'AWS::Lambda::Function',
      name: 'FunctionName',
      expected: {
        StepsFunction23E0B919: undefined,
        WaiterWakeUpWakeWaiter328B5152: undefined,
        ReconcilerFunction0432B6FF: undefined,
        NodeApiFunction5BFA59EE: undefined,
        ConsoleFunctionE7833E2B: undefined,
      },
    },
    {
      type: 'AWS::Logs::LogGroup',
      name: 'LogGroupName',
      expected: {
        StepsFunctionLog036E3953: undefined,
        WaiterWakeUpWakeWaiterLogC7184DFF: undefined,
        ReconcilerFunctionLog7303FE44: undefined,
        NodeApiFunctionLog164B7FE0: undefined,
        ConsoleFunctionLog6D86CC42: undefined,
        NodeApiAccessLog3D1834A9: '/aws/vendedlogs/apis/Holdfast',
        OperationsLaunchNodeLogF9351AE1: '/aws/vendedlogs/states/Holdfast-launch-node',
        OperationsReplaceNodeLogCA2166E4: '/aws/vendedlogs/states/Holdfast-replace-node',
        OperationsPauseNodeLogEDD1C2A1: '/aws/vendedlogs/states/Holdfast-pause-node',
        OperationsAdjustNodeLog9116AF61: '/aws/vendedlogs/states/Holdfast-adjust-node',
        OperationsDeleteNodeLog527FAE39: '/aws/vendedlogs/states/Holdfast-delete-node',
      },
    },
    {
      type: 'AWS::CloudWatch::Alarm',
      name: 'AlarmName',
      expected: {
        AlarmsAddressAway2C0355A0: 'Holdfast-address-away',
        AlarmsNodesNeedAPersonC44082DD: 'Holdfast-nodes-need-a-person',
        AlarmsUnknownResourcesF445DB36: 'Holdfast-unknown-resources',
        AlarmsHalted7B88B4F3: 'Holdfast-halted',
        AlarmsHealingHeld746DD116: 'Holdfast-healing-held',
        AlarmsUnreadableRecordsAD455067: 'Holdfast-unreadable-records',
        AlarmsReconcilerFailing094B6B3C: 'Holdfast-reconciler-failing',
        AlarmsReconcilerSilent5524BBFC: 'Holdfast-reconciler-silent',
        AlarmsExecutionsFailing15B39160: 'Holdfast-executions-failing',
        AlarmsApiFailingFC518047: 'Holdfast-api-failing',
        AlarmsTokenUnusable71A8F095: 'Holdfast-token-unusable',
        AlarmsEventsUndelivered380AFF77: 'Holdfast-events-undelivered',
        AlarmsReconcilerEventsUndelivered8BE36D61: 'Holdfast-reconciler-events-undelivered',
        AlarmsFunctionsThrottled63E45EDF: 'Holdfast-functions-throttled',
      },
    },
  ])('$type keeps its logical ids, and its names', ({ type, name, expected }) => {
    expect(Object.keys(expected)).not.toEqual([]);
    expect(Object.entries(namesOf(type, name)).sort()).toEqual(Object.entries(expected).sort());
  });

  test('the outputs keep their names', () => {
    expect(Object.keys(template.Outputs).sort()).toEqual([
      'AdjustNodeStateMachineArn',
      'AlarmTopicArn',
      'ApiTokenSecretArn',
      'ApiUrl',
      'ConsoleUrl',
      'DeleteNodeStateMachineArn',
      'LaunchNodeStateMachineArn',
      'ListNodesCommand',
      'PauseNodeStateMachineArn',
      'ReconcilerFunctionName',
      'ReplaceNodeStateMachineArn',
      'ShellVariables',
      'SubscribeCommand',
      'TableName',
      'UndeliveredEventsQueueUrl',
    ]);
  });
});

test('the API keeps its routes', () => {
  expect(namesOf('AWS::ApiGatewayV2::Route', 'RouteKey')).toEqual({
    NodeApiRoute57187007: '$default',
    NodeApiHttpApiGETconsole42B3FBF9: 'GET /console',
    NodeApiHttpApiGETconsoleproxy70BAE55C: 'GET /console/{proxy+}',
  });
  expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    'DELETE /aws/ec2/managedInstance/{id}',
    'DELETE /aws/ec2/managedInstance/{id}/resources/{resourceId}',
    'DELETE /aws/ec2/managedInstance/{id}/volume/{volumeId}',
    'GET /aws/ec2/managedInstance',
    'GET /aws/ec2/managedInstance/migration/{migrationId}',
    'GET /aws/ec2/managedInstance/{id}',
    'GET /aws/ec2/managedInstance/{id}/costs',
    'GET /aws/ec2/managedInstance/{id}/log',
    'GET /aws/ec2/managedInstance/{id}/metrics',
    'GET /aws/ec2/managedInstance/{id}/operations',
    'GET /aws/ec2/managedInstance/{id}/replacements',
    'GET /aws/ec2/managedInstance/{id}/resources',
    'GET /aws/ec2/managedInstance/{id}/stateVisits',
    'GET /aws/ec2/managedInstance/{id}/status',
    'GET /health',
    'GET /holdfast/account/addresses',
    'GET /holdfast/account/images',
    'GET /holdfast/account/instance-profiles',
    'GET /holdfast/account/instance-types',
    'GET /holdfast/account/key-pairs',
    'GET /holdfast/account/regions',
    'GET /holdfast/account/security-groups',
    'GET /holdfast/account/subnets',
    'GET /holdfast/account/vpcs',
    'GET /holdfast/account/zones',
    'GET /holdfast/deployment',
    'GET /holdfast/nodes',
    'GET /holdfast/resources',
    'GET /openapi.json',
    'POST /aws/ec2/managedInstance',
    'POST /aws/ec2/managedInstance/migration',
    'POST /aws/ec2/managedInstance/migration/bulk',
    'POST /aws/ec2/managedInstance/migration/search',
    'POST /holdfast/check',
    'POST /holdfast/rebuild',
    'PUT /aws/ec2/managedInstance/migration/{migrationId}/cancel',
    'PUT /aws/ec2/managedInstance/state',
    'PUT /aws/ec2/managedInstance/{id}',
    'PUT /aws/ec2/managedInstance/{id}/pause',
    'PUT /aws/ec2/managedInstance/{id}/recycle',
    'PUT /aws/ec2/managedInstance/{id}/resume',
  ]);
});

describe('the records keep their keys', () => {
  const mock = mockClient(DynamoDBClient);
  const table = { dynamodb: new DynamoDBClient({ region: 'eu-west-1' }), tableName: 'nodes' };
  const node = aNode({ id: 'smi-00000001' });
  const instance = { ...node.instance!, id: 'i-0a', launchedAt: '2026-11-03T09:00:00.000Z' };
  const nodes = nodeRecords(table, async () => undefined);
  const claims = addressClaims(table);
  const index = instanceIndex(table);
  const at = '2026-11-03T10:00:00.000Z';
  const entry = { createdAt: at, severity: 'INFO', message: 'it was created' } as const;
  const usage = {
    instanceId: 'i-0a',
    instanceType: 'm7g.large',
    lifeCycle: 'spot',
    availabilityZone: 'eu-west-1a',
    product: 'Linux/UNIX',
    from: '2026-11-03T09:00:00.000Z',
  } as const;
  const NODE = { pk: 'NODE#0', sk: 'smi-00000001' };
  /** Where an earlier version has written it. */
  const FORMER = { pk: 'NODE', sk: 'smi-00000001' };
  const CLAIM = { pk: 'CLAIM', sk: 'eipalloc-0a' };
  const INSTANCE = { pk: 'INSTANCE', sk: 'i-0a' };
  const STATE = { pk: 'STATE', sk: 'i-0a' };
  const MIGRATION = { pk: 'MIGRATION', sk: 'smg-00000001' };
  const DEPLOYMENT = { pk: 'DEPLOYMENT', sk: 'IDENTITY' };
  const LOG = { pk: 'LOG#smi-00000001', sk: '2026-11-03T10:00:00.000Z#0a0a0a' };
  const USAGE = { pk: 'USAGE#smi-00000001', sk: '2026-11-03T09:00:00.000Z#i-0a' };
  const REMOVALS = { pk: 'REMOVALS', sk: 'NODES' };
  const operation: OperationRecord = {
    kind: 'replace',
    executionId: 'an execution',
    generation: 1,
    takeovers: 0,
    startedAt: at,
    waits: [],
    seen: [],
  };
  const OPERATION = { pk: `OPERATION#${node.id}`, sk: `${at}#replace` };

  beforeEach(() => {
    mock.reset();
    mock.onAnyCommand().resolves({});
  });

  /** The key of each item that was read or written, in order. */
  function keysUsed(): unknown[] {
    interface Write {
      readonly Item?: Record<string, any>;
      readonly Key?: Record<string, any>;
    }
    return mock.calls().flatMap(({ args: [command] }) => {
      const { TransactItems, ...single } = command.input as Write & { TransactItems?: Record<string, Write>[] };
      const writes = TransactItems?.flatMap((each) => Object.values(each)) ?? [single];
      return writes.map(({ Item, Key }) => {
        const { pk, sk } = unmarshall(Item ?? Key ?? {});
        return { pk, sk };
      });
    });
  }

  test.each<{ name: string; call: () => Promise<unknown>; keys: unknown[] }>([
    { name: 'a node is read', call: () => nodes.get(node.id), keys: [NODE, FORMER, NODE] },
    { name: 'a node is created', call: () => nodes.create(node), keys: [DEPLOYMENT, NODE, FORMER] },
    { name: 'a node is saved', call: () => nodes.save(node), keys: [NODE] },
    { name: 'a node is removed', call: () => nodes.remove(node), keys: [REMOVALS, NODE, FORMER, NODE] },
    {
      name: 'an address is claimed',
      call: () => claims.claim({ address: 'eipalloc-0a', nodeId: node.id, now: at }),
      keys: [CLAIM],
    },
    { name: 'a claim is released', call: () => claims.release('eipalloc-0a', node.id), keys: [CLAIM] },
    { name: 'an instance is registered', call: () => index.register('i-0a', node.id), keys: [INSTANCE] },
    { name: 'the node of an instance is read', call: () => index.nodeOf('i-0a'), keys: [INSTANCE] },
    {
      name: 'a wait is subscribed',
      call: () => index.subscribe('i-0a', { taskToken: 'token', awaited: 'running' }),
      keys: [INSTANCE, STATE],
    },
    { name: 'an event is noted', call: () => index.noteState('i-0a', 'running', at), keys: [STATE, INSTANCE] },
    { name: 'a waiter is read', call: () => index.waiterOf('i-0a'), keys: [INSTANCE] },
    { name: 'the state from events is read', call: () => index.stateOf('i-0a'), keys: [STATE] },
    {
      name: 'an import is created',
      call: () =>
        migrationRecords(table).create({
          id: 'smg-00000001',
          nodeId: node.id,
          request: {
            originalInstanceId: 'i-0a',
            region: 'eu-west-1',
            shouldKeepPrivateIp: true,
            shouldTerminateInstance: true,
          },
          createdAt: at,
        }),
      keys: [MIGRATION],
    },
    { name: 'an import is read', call: () => migrationRecords(table).get('smg-00000001'), keys: [MIGRATION] },
    {
      name: 'an import is ended',
      call: () => migrationRecords(table).end('smg-00000001', { state: 'MIGRATE_FINISH', at }),
      keys: [MIGRATION],
    },
    { name: 'the owner is read', call: () => tableOwnership(table, 'Holdfast').identity(), keys: [DEPLOYMENT] },
    { name: 'the owner is written', call: () => tableOwnership(table, 'Holdfast').establish(at), keys: [DEPLOYMENT] },
    {
      name: 'the deployment is halted',
      call: () => tableOwnership(table, 'Holdfast').halt('why', at),
      keys: [DEPLOYMENT],
    },
    { name: 'a log entry is added', call: () => nodeLog(table, () => '0a0a0a').append(node.id, entry), keys: [LOG] },
    {
      name: 'an operation ends',
      call: () => operationHistory(table).write(node.id, operation),
      keys: [OPERATION],
    },
    { name: 'usage begins', call: () => usageRecords(table).begin(node.id, usage), keys: [USAGE] },
    { name: 'usage ends', call: () => usageRecords(table).end(node.id, instance, at), keys: [USAGE] },
  ])('$name', async ({ call, keys }) => {
    await call();
    expect(keysUsed()).toEqual(keys);
  });

  test.each<{ name: string; call: () => Promise<unknown>; values: Record<string, unknown> }>([
    { name: 'the nodes', call: () => nodes.list(), values: { ':node': 'NODE' } },
    {
      name: 'a log',
      call: () => nodeLog(table, () => '').read(node.id, { limit: 1 }),
      values: { ':log': 'LOG#smi-00000001' },
    },
    {
      name: 'usage',
      call: () => usageRecords(table).list(node.id, at),
      values: { ':usage': 'USAGE#smi-00000001', ':until': '2026-11-03T10:00:00.000Z~' },
    },
  ])('$name: the partition is queried', async ({ call, values }) => {
    await call();
    const [query] = mock.calls().map(({ args: [command] }) => command.input as any);
    expect(unmarshall(query.ExpressionAttributeValues)).toMatchObject(values);
  });
});

describe('the events keep their form', () => {
  test('those that are listened for', () => {
    const patterns = resourcesOf('AWS::Events::Rule').map(([logicalId, { EventPattern, ScheduleExpression }]) => [
      logicalId,
      ScheduleExpression ?? { source: EventPattern.source, detailType: EventPattern['detail-type'] },
    ]);
    expect(Object.fromEntries(patterns)).toEqual({
      NodeReplacementInterruptionWarningBE36D985: {
        source: ['aws.ec2'],
        detailType: ['EC2 Spot Instance Interruption Warning'],
      },
      NodeReplacementRebalanceRecommendation746821E7: {
        source: ['aws.ec2'],
        detailType: ['EC2 Instance Rebalance Recommendation'],
      },
      WaiterWakeUpStateChange2A9528AE: {
        source: ['aws.ec2'],
        detailType: ['EC2 Instance State-change Notification'],
      },
      ReconcilerSchedule268E39F0: 'rate(1 minute)',
      ReconcilerTakenByHand84D0AED1: { source: ['aws.ec2'], detailType: ['AWS API Call via CloudTrail'] },
      ReconcilerExecutionEnded22514C9C: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
      },
    });
  });

  test('every rule is on the default bus, and so is every event that is put', () => {
    for (const [, properties] of resourcesOf('AWS::Events::Rule'))
      expect(properties).not.toHaveProperty('EventBusName');
    const puts = Object.values(statementsByRole()).flatMap((statements) =>
      statements.filter(({ actions }) => actions.includes('events:PutEvents')),
    );
    expect(puts.length).toBeGreaterThan(0);
    for (const { resources } of puts) {
      expect(readable(resources)).toEqual([
        'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default',
      ]);
    }
  });

  test('the one that is put', async () => {
    const mock = mockClient(EventBridgeClient);
    mock.on(PutEventsCommand).resolves({});
    const change = {
      nodeId: 'smi-00000001',
      name: 'db',
      from: 'ACTIVE',
      to: 'ERROR',
      instanceId: null,
      privateIp: '10.0.0.42',
      publicIp: null,
      errorReason: 'why',
    } as const;
    await announceStatus(new EventBridgeClient({ region: 'eu-west-1' }), 'Blue', aLog())(change);
    expect(mock.commandCalls(PutEventsCommand).map(({ args: [{ input }] }) => input)).toEqual([
      {
        Entries: [
          {
            Source: 'holdfast',
            DetailType: 'Stateful Node Status Change',
            Detail: JSON.stringify({ deployment: 'Blue', ...change }),
          },
        ],
      },
    ]);
  });
});
