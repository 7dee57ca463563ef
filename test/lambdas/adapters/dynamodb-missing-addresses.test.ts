import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { missingAddresses } from '../../../lambdas/adapters/dynamodb-missing-addresses';
import { TABLE_NAME } from '../runtime';

const mock = mockClient(DynamoDBClient);
const port = missingAddresses({ dynamodb: new DynamoDBClient({ region: 'eu-west-1' }), tableName: TABLE_NAME });

beforeEach(() => mock.reset());

test.each([
  { name: 'a person has changed', item: { awaySince: { 'smi-0a1b2c3d': 'yesterday' } } },
  { name: 'a later version has written', item: { schemaVersion: 9, awaySince: {} } },
])('an item that $name loses only the times: the next run writes it anew', async ({ item }) => {
  mock.on(GetItemCommand).resolves({ Item: marshall({ pk: 'WATCH', sk: 'MISSING_ADDRESSES', ...item }) });
  await expect(port.read()).resolves.toEqual({});
});

test('it is read consistently, because the last run wrote it a minute ago', async () => {
  mock.on(GetItemCommand).resolves({});
  await port.read();
  expect(mock.commandCalls(GetItemCommand)[0]?.args[0].input).toMatchObject({ ConsistentRead: true });
});
