/** Transactions and indexes of the simulated table. */
import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { openDynamoDb, type LocalDynamoDb } from '../../../simulator/dynamodb/dynamodb';
import { VirtualClock } from '../../../simulator/time/clock';

const TableName = 'nodes';
const tables = [
  {
    logicalId: 'Table',
    name: TableName,
    keySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' as const },
      { AttributeName: 'sk', KeyType: 'RANGE' as const },
    ],
    attributeDefinitions: ['pk', 'sk', 'shard'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S' as const,
    })),
    indexes: [
      {
        IndexName: 'ByShard',
        KeySchema: [
          { AttributeName: 'shard', KeyType: 'HASH' as const },
          { AttributeName: 'sk', KeyType: 'RANGE' as const },
        ],
        Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: ['brief'] },
      },
    ],
  },
];
const key = (sk: string) => ({ pk: { S: 'NODE' }, sk: { S: sk } });
const at = (version: number) => ({ version: { N: String(version) } });
const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
const isAt = (version: number) => ({
  ConditionExpression: 'version = :v',
  ExpressionAttributeValues: { ':v': { N: String(version) } },
});
const put = (sk: string, version: number, more: object = {}): TransactWriteItem => ({
  Put: { TableName, Item: { ...key(sk), ...at(version) }, ...more },
});
const remove = (sk: string, more: object = {}): TransactWriteItem => ({ Delete: { TableName, Key: key(sk), ...more } });
const check = (sk: string, more: typeof isNew): TransactWriteItem => ({
  ConditionCheck: { TableName, Key: key(sk), ...more },
});

describe.each([
  ["through the SDK's client", true],
  ['directly', false],
])('%s', (_how, serialises) => {
  const clock = new VirtualClock(0);
  let database: LocalDynamoDb;
  const send: LocalDynamoDb['client']['send'] = (...command: [never]) => database.client.send(...command);
  const transact = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
    send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }));
  const read = async (sk: string) => (await send(new GetItemCommand({ TableName, Key: key(sk) }))).Item;
  const codesOf = async (transaction: Promise<unknown>) => {
    const error: unknown = await transaction.catch((thrown: unknown) => thrown);
    if (!(error instanceof TransactionCanceledException)) throw error;
    return error.CancellationReasons?.map(({ Code }) => Code);
  };

  beforeEach(async () => {
    database = await openDynamoDb(clock, tables, { serialises });
    await send(new PutItemCommand({ TableName, Item: { ...key('old'), ...at(1) } }));
  });
  afterEach(() => database.close());

  test('writes all of its items', async () => {
    await transact([put('new', 1, isNew), remove('old', isAt(1))]);

    await expect(read('new')).resolves.toEqual({ ...key('new'), ...at(1) });
    await expect(read('old')).resolves.toBeUndefined();
  });

  test.each([
    ['the first', [remove('old', isAt(2)), put('new', 1)], ['ConditionalCheckFailed', 'None']],
    ['the last', [put('new', 1), remove('old', isAt(2))], ['None', 'ConditionalCheckFailed']],
    ['a check', [put('new', 1), check('old', isNew)], ['None', 'ConditionalCheckFailed']],
    ['a put', [put('old', 7, isNew), put('new', 1)], ['ConditionalCheckFailed', 'None']],
  ])('writes nothing if the condition of %s fails, and says which', async (_name, items, codes) => {
    await expect(codesOf(transact(items))).resolves.toEqual(codes);

    await expect(read('new')).resolves.toBeUndefined();
    await expect(read('old')).resolves.toEqual({ ...key('old'), ...at(1) });
  });

  test('leaves what it only checks', async () => {
    await transact([put('new', 1), check('old', { ConditionExpression: 'attribute_exists(pk)' })]);
    await transact([put('new', 2), check('absent', isNew)]);

    await expect(read('old')).resolves.toEqual({ ...key('old'), ...at(1) });
    await expect(read('absent')).resolves.toBeUndefined();
    await expect(read('new')).resolves.toMatchObject(at(2));
  });

  test('is made once for each token, within ten minutes', async () => {
    await transact([put('new', 1, isNew)], 'token');
    await expect(transact([put('new', 1, isNew)], 'token')).resolves.toBeDefined();
    await expect(transact([put('new', 2, isNew)], 'token')).rejects.toThrow(
      expect.objectContaining({ name: 'IdempotentParameterMismatchException' }),
    );

    await clock.advance(11 * 60_000);
    await expect(codesOf(transact([put('new', 1, isNew)], 'token'))).resolves.toEqual(['ConditionalCheckFailed']);
  });

  test.each([
    ['has no items', []],
    ['names an item twice', [put('new', 1), remove('new')]],
    ['has more than 100 items', Array.from({ length: 101 }, (_, index) => put(String(index), 1))],
  ])('is invalid if it %s', async (_name, items) => {
    await expect(transact(items)).rejects.toThrow(expect.objectContaining({ name: 'ValidationException' }));
    await expect(read('new')).resolves.toBeUndefined();
  });

  test('is seen as a whole by every other call', async () => {
    const moved = transact([remove('old', isAt(1)), put('new', 1, isNew)]);
    const progress = { isMoved: false };
    void moved.then(() => (progress.isMoved = true));
    while (!progress.isMoved) {
      // The reads begin at the same time, so nothing can be written between them.
      const [before, after] = await Promise.all([read('old'), read('new')]);
      expect([before, after].filter((item) => item !== undefined)).toHaveLength(1);
    }
  });

  test('an index has the items with its key, with the projected attributes', async () => {
    const Item = { ...key('in'), ...at(1), shard: { S: 'a' }, brief: { S: 'b' } };
    await send(new PutItemCommand({ TableName, Item }));
    const query = new QueryCommand({
      TableName,
      IndexName: 'ByShard',
      KeyConditionExpression: '#shard = :a',
      ExpressionAttributeNames: { '#shard': 'shard' },
      ExpressionAttributeValues: { ':a': { S: 'a' } },
    });

    const { version: _version, ...projected } = Item;
    await expect(send(query)).resolves.toMatchObject({ Items: [projected] });
    await send(new DeleteItemCommand({ TableName, Key: key('in') }));
    await expect(send(query)).resolves.toMatchObject({ Items: [] });
  });
});
