/** The direct table client returns the same as the SDK's client, including errors. */
import {
  DeleteItemCommand,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { openDynamoDb, type LocalDynamoDb } from '../../../simulator/dynamodb/dynamodb';
import { VirtualClock } from '../../../simulator/time/clock';

const TableName = 'nodes';
const KEYS = ['pk', 'sk'] as const;
const table = {
  logicalId: 'Table',
  name: TableName,
  keySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ],
  attributeDefinitions: KEYS.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
};
const Key = { pk: { S: 'NODE' }, sk: { S: 'a' } };
const values = (version: number) => ({ ':v': { N: String(version) } });
const item = (version: number) => ({
  ...Key,
  version: { N: String(version) },
  more: { M: { list: { L: [{ BOOL: true }, { NULL: true }, { S: '' }] } } },
});

const COMMANDS: readonly object[] = [
  new GetItemCommand({ TableName, Key }),
  new PutItemCommand({ TableName, Item: item(1), ConditionExpression: 'attribute_not_exists(pk)' }),
  new GetItemCommand({ TableName, Key, ConsistentRead: undefined }),
  new PutItemCommand({
    TableName,
    Item: item(2),
    ConditionExpression: 'version = :v',
    ExpressionAttributeValues: values(1),
    ReturnValues: 'ALL_OLD',
  }),
  new PutItemCommand({
    TableName,
    Item: item(3),
    ConditionExpression: 'version = :v',
    ExpressionAttributeValues: values(1),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }),
  new UpdateItemCommand({ TableName, Key, UpdateExpression: 'SET seen = :v', ExpressionAttributeValues: values(7) }),
  new QueryCommand({
    TableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: 'NODE' } },
  }),
  new GetItemCommand({ TableName: 'others', Key }),
  new PutItemCommand({ TableName, Item: { pk: { S: 'NODE' } } }),
  new DeleteItemCommand({ TableName, Key, ReturnValues: 'ALL_OLD' }),
];

async function resultOf({ client }: LocalDynamoDb, command: object): Promise<unknown> {
  try {
    const { $metadata: _, ...output } = (await client.send(command as GetItemCommand)) as unknown as {
      $metadata: unknown;
    };
    return output;
  } catch (error) {
    expect(error).toBeInstanceOf(DynamoDBServiceException);
    const { name, message, $fault, Item } = error as DynamoDBServiceException & { Item?: unknown };
    return { name, message, $fault, Item };
  }
}

test('every result is the same', async () => {
  const open = (serialises: boolean) => openDynamoDb(new VirtualClock(0), [table], { serialises });
  const [direct, bySdk] = [await open(false), await open(true)];
  for (const command of COMMANDS) expect(await resultOf(direct, command)).toEqual(await resultOf(bySdk, command));
  await Promise.all([direct.close(), bySdk.close()]);
});
