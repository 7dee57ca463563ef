/** Usage on the in-process table: what is written and how long it is kept. The rest is in test/contracts. */
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Usage } from '../../../domain/costs/usage';
import { usageRecords } from '../../../lambdas/adapters/dynamodb-usage';
import type { UsageRecords } from '../../../lambdas/ports';
import { openDynamoDb, type LocalDynamoDb } from '../../../simulator/dynamodb/dynamodb';
import { VirtualClock } from '../../../simulator/time/clock';

const NODE = 'smi-00000001';
const at = (hour: number) => `2026-11-03T0${hour}:00:00.000Z`;
const aUsage = (instanceId: string, from: string): Usage => ({
  instanceId,
  instanceType: 'm7g.large',
  lifeCycle: 'spot',
  availabilityZone: 'eu-west-1a',
  product: 'Linux/UNIX',
  from,
});

let database: LocalDynamoDb;
let usage: UsageRecords;

beforeEach(async () => {
  const keys = [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ];
  const attributeDefinitions = keys.map(({ AttributeName }) => ({ AttributeName, AttributeType: 'S' as const }));
  const table = { logicalId: 'Nodes', name: 'nodes', keySchema: keys, attributeDefinitions };
  database = await openDynamoDb(new VirtualClock(), [table]);
  usage = usageRecords({ dynamodb: database.client, tableName: 'nodes' });
});

afterEach(() => database.close());

async function items(): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await database.client.send(
    new QueryCommand({
      TableName: 'nodes',
      KeyConditionExpression: 'pk = :usage',
      ExpressionAttributeValues: { ':usage': { S: `USAGE#${NODE}` } },
    }),
  );
  return Items.map((item) => unmarshall(item));
}

test('an end without a beginning writes nothing', async () => {
  await usage.end(NODE, { id: 'i-1', launchedAt: at(1) }, at(2));

  expect(await items()).toEqual([]);
});

test('usage that has ended expires after 400 days, and other usage does not', async () => {
  await usage.begin(NODE, aUsage('i-1', at(1)));
  await usage.begin(NODE, aUsage('i-2', at(2)));
  await usage.end(NODE, { id: 'i-1', launchedAt: at(1) }, at(2));

  const [ended, open] = await items();
  expect(new Date(Number(ended?.expiresAt) * 1000).toISOString()).toBe('2027-12-08T02:00:00.000Z');
  expect(open).not.toHaveProperty('expiresAt');
});
