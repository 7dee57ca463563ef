/** Usage on the in-process table: begun once, ended once, and kept for a time. */
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

test('lists what a node used, and no other, oldest first', async () => {
  await usage.begin(NODE, aUsage('i-2', at(2)));
  await usage.begin(NODE, aUsage('i-1', at(1)));
  await usage.begin('smi-00000002', aUsage('i-3', at(1)));

  await expect(usage.list(NODE, at(9))).resolves.toEqual([aUsage('i-1', at(1)), aUsage('i-2', at(2))]);
});

test('lists what was launched until a time, inclusive', async () => {
  await usage.begin(NODE, aUsage('i-1', at(1)));
  await usage.begin(NODE, aUsage('i-2', at(2)));
  await usage.begin(NODE, aUsage('i-3', at(3)));

  expect((await usage.list(NODE, at(2))).map(({ instanceId }) => instanceId)).toEqual(['i-1', 'i-2']);
});

test('a beginning that is repeated changes nothing, even after the end', async () => {
  await usage.begin(NODE, aUsage('i-1', at(1)));
  await usage.end(NODE, { id: 'i-1', launchedAt: at(1) }, at(2));
  await usage.begin(NODE, aUsage('i-1', at(1)));

  await expect(usage.list(NODE, at(9))).resolves.toEqual([{ ...aUsage('i-1', at(1)), to: at(2) }]);
});

test('the first end counts', async () => {
  await usage.begin(NODE, aUsage('i-1', at(1)));
  await usage.end(NODE, { id: 'i-1', launchedAt: at(1) }, at(2));
  await usage.end(NODE, { id: 'i-1', launchedAt: at(1) }, at(3));

  await expect(usage.list(NODE, at(9))).resolves.toMatchObject([{ to: at(2) }]);
});

test('an end without a beginning leaves nothing behind', async () => {
  await usage.end(NODE, { id: 'i-1', launchedAt: at(1) }, at(2));

  expect(await items()).toEqual([]);
});

test('what has ended expires after 400 days, and what goes on does not', async () => {
  await usage.begin(NODE, aUsage('i-1', at(1)));
  await usage.begin(NODE, aUsage('i-2', at(2)));
  await usage.end(NODE, { id: 'i-1', launchedAt: at(1) }, at(2));

  const [ended, open] = await items();
  expect(new Date(Number(ended?.expiresAt) * 1000).toISOString()).toBe('2027-12-08T02:00:00.000Z');
  expect(open).not.toHaveProperty('expiresAt');
});

test('pages are all read', async () => {
  const wide = { ...aUsage('i-0', at(1)), product: 'x'.repeat(300_000) };
  for (const hour of [1, 2, 3, 4, 5]) await usage.begin(NODE, { ...wide, instanceId: `i-${hour}`, from: at(hour) });

  await expect(usage.list(NODE, at(9))).resolves.toHaveLength(5);
});
