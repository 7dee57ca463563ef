/** How the memory of dry pools uses DynamoDB, and what it does if it cannot. The promises are in test/contracts. */
import { DynamoDBClient, DynamoDBServiceException, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { dynamoDbDryPools } from '../../../lambdas/adapters/dynamodb-dry-pools';
import type { Fields } from '../../../lambdas/monitoring/log';
import { NOW } from '../../domain/builders';
import { aLog, TABLE_NAME } from '../runtime';

const mock = mockClient(DynamoDBClient);
const lines: Fields[] = [];
const port = dynamoDbDryPools(
  { dynamodb: new DynamoDBClient({ region: 'eu-west-1' }), tableName: TABLE_NAME },
  aLog(lines),
);

beforeEach(() => {
  mock.reset();
  lines.length = 0;
});

const POOL = { instanceType: 'm7g.large', subnetId: 'subnet-000a', lifeCycle: 'spot' as const };
const DRY = { because: 'capacity' as const, of: 'pool' as const, code: 'InsufficientInstanceCapacity', message: '' };

const written = () => mock.commandCalls(PutItemCommand).map(({ args: [{ input }] }) => unmarshall(input.Item ?? {}));

test('an item is small, and expires when it no longer counts', async () => {
  mock.on(PutItemCommand).resolves({});
  await port.note(POOL, DRY, NOW);
  await port.note(POOL, { ...DRY, of: 'subnet' }, NOW);

  const expiresAt = Math.ceil(Date.parse(NOW) / 1000) + 60;
  const common = { pk: 'DRY#subnet-000a', subnetId: 'subnet-000a', refusedAt: NOW, expiresAt, schemaVersion: 0 };
  expect(written()).toEqual([
    { ...common, sk: 'POOL#spot#m7g.large', of: 'pool', instanceType: 'm7g.large', lifeCycle: 'spot' },
    { ...common, sk: 'SUBNET', of: 'subnet' },
  ]);
});

test('a refusal that says nothing about capacity is not written', async () => {
  await port.note(POOL, { ...DRY, because: 'quota' }, NOW);
  expect(mock.calls()).toHaveLength(0);
});

test('each subnet is read once, and not consistently', async () => {
  mock.on(QueryCommand).resolves({ Items: [] });
  await port.read([POOL, { ...POOL, lifeCycle: 'on_demand' }, { ...POOL, subnetId: 'subnet-000b' }], NOW);

  const queries = mock.commandCalls(QueryCommand).map(({ args: [{ input }] }) => input);
  expect(queries.map(({ ExpressionAttributeValues }) => ExpressionAttributeValues)).toEqual([
    { ':subnet': { S: 'DRY#subnet-000a' } },
    { ':subnet': { S: 'DRY#subnet-000b' } },
  ]);
  expect(queries.every(({ ConsistentRead }) => ConsistentRead !== true)).toBe(true);
});

test('an item that cannot be read does not hide the others', async () => {
  const dry = { of: 'pool', ...POOL, refusedAt: NOW };
  mock.on(QueryCommand).resolves({
    Items: [{ ...dry, schemaVersion: 1 }, { of: 'zone' }, dry].map((item) => marshall(item)),
  });
  await expect(port.read([POOL], NOW)).resolves.toEqual([dry]);
});

const refusal = (name: string) =>
  new DynamoDBServiceException({ name, message: name, $fault: 'client', $metadata: {} });

test.each([
  { name: 'DynamoDB throttles', error: refusal('ThrottlingException') },
  { name: 'DynamoDB is not reached', error: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) },
  { name: 'the function may not query the table', error: refusal('AccessDeniedException') },
])('if $name, no pool is dry and no launch fails', async ({ error }) => {
  mock.onAnyCommand().rejects(error);

  await expect(port.read([POOL], NOW)).resolves.toEqual([]);
  await expect(port.note(POOL, DRY, NOW)).resolves.toBeUndefined();
  expect(lines).toMatchObject([
    { level: 'WARN', message: 'the memory of dry pools is not available, so no pool is left out' },
    { level: 'WARN', message: 'the memory of dry pools is not available, so no pool is left out' },
  ]);
});
