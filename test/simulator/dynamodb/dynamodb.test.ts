import {
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
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
    attributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' as const },
      { AttributeName: 'sk', AttributeType: 'S' as const },
    ],
  },
];
const key = (sk: string) => ({ pk: { S: 'NODE' }, sk: { S: sk } });
const put = (sk: string, version: number, more: object = {}): PutItemCommand =>
  new PutItemCommand({ TableName, Item: { ...key(sk), version: { N: String(version) } }, ...more });
const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
const isAt = (version: number) => ({
  ConditionExpression: 'version = :v',
  ExpressionAttributeValues: { ':v': { N: String(version) } },
});
const lost = expect.objectContaining({ name: 'ConditionalCheckFailedException' });

describe('in memory', () => {
  const clock = new VirtualClock(0);
  let database: LocalDynamoDb;
  const send: LocalDynamoDb['client']['send'] = (...command: [never]) => database.client.send(...command);

  beforeEach(async () => {
    database = await openDynamoDb(clock, tables, { serialises: true });
  });
  afterEach(() => database.close());

  test('a conditional write is a lock: of two writers of the same version, only one succeeds', async () => {
    await send(put('n', 1, isNew));
    const outcomes = await Promise.allSettled([send(put('n', 2, isAt(1))), send(put('n', 2, isAt(1)))]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(send(put('n', 1, isNew))).rejects.toThrow(lost);
  });

  test.each<[string, (more: object) => PutItemCommand | DeleteItemCommand | UpdateItemCommand]>([
    ['a put', (more) => put('n', 9, more)],
    ['a deletion', (more) => new DeleteItemCommand({ TableName, Key: key('n'), ...more })],
  ])('%s with a failed condition returns the existing item, if requested', async (_name, write) => {
    await send(put('n', 1));
    const more = { ...isAt(5), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
    await expect(send(write(more) as PutItemCommand)).rejects.toMatchObject({ Item: { version: { N: '1' } } });
    await expect(send(write(isAt(5)) as PutItemCommand)).rejects.not.toHaveProperty('Item.version');
    const nothing = { ...isAt(5), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
    await expect(send(put('absent', 9, nothing))).rejects.not.toHaveProperty('Item.version');
  });

  test('updates, reads, queries and deletes', async () => {
    for (const sk of ['a1', 'a2', 'b1']) await send(put(sk, 1));
    await send(
      new UpdateItemCommand({
        TableName,
        Key: key('a1'),
        UpdateExpression: 'SET version = version + :one, awaited = :w',
        ExpressionAttributeValues: { ':one': { N: '1' }, ':w': { S: 'running' } },
      }),
    );
    const { Item } = await send(new GetItemCommand({ TableName, Key: key('a1'), ConsistentRead: true }));
    expect(Item).toEqual({ ...key('a1'), version: { N: '2' }, awaited: { S: 'running' } });
    await send(new DeleteItemCommand({ TableName, Key: key('a2') }));
    const { Items } = await send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :a)',
        ExpressionAttributeValues: { ':pk': { S: 'NODE' }, ':a': { S: 'a' } },
      }),
    );
    expect(Items?.map((item) => item['sk']?.S)).toEqual(['a1']);
  });

  test('an empty partition has no items', async () => {
    const command = new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'NOBODY' } },
    });
    expect((await send(command)).Items).toEqual([]);
  });

  test('virtual time stands still during a call', async () => {
    const order: string[] = [];
    clock.setTimeout(() => order.push('timer'), 1);
    void send(put('n', 1)).then(() => order.push('response'));
    await clock.run();
    expect(order).toEqual(['response', 'timer']);
  });

  test.each([
    ['a batch', new BatchGetItemCommand({ RequestItems: {} })],
    ['a list of tables', new ListTablesCommand({})],
  ])('%s is refused: the project does without', async (_name, command) => {
    await expect(send(command as ListTablesCommand)).rejects.toThrow(
      expect.objectContaining({ name: 'UnknownOperationException' }),
    );
  });
});

describe('tables that are kept', () => {
  const contents = new Map<string, unknown>();
  const kept = (onWrite = (key: string, value: unknown): void => void contents.set(key, value)) => ({
    entries: contents,
    onWrite,
  });
  beforeEach(() => contents.clear());

  test('are told each change before its caller, and begin with what was kept', async () => {
    const clock = new VirtualClock(0);
    const before = await openDynamoDb(clock, tables, { kept: kept() });
    await before.client.send(put('n', 7));
    const stored = new Map(contents);
    await before.close();
    const after = await openDynamoDb(clock, tables, { kept: { ...kept(), entries: stored } });
    const { Item } = await after.client.send(new GetItemCommand({ TableName, Key: key('n') }));
    expect(Item?.['version']).toEqual({ N: '7' });
    await after.close();
  });

  test('are told the changes of a transaction together', async () => {
    const seen: number[] = [];
    let told = 0;
    const noteWrite = (): void => {
      told += 1;
      // How many changes come before anything else can run.
      if (told === 1) setImmediate(() => seen.push(told));
    };
    const database = await openDynamoDb(new VirtualClock(0), tables, { kept: kept(noteWrite) });
    await new Promise((resolve) => setImmediate(resolve));
    seen.length = 0;
    told = 0;
    const TransactItems = ['a', 'b', 'c'].map((id) => ({ Put: put(id, 1).input as never }));
    await database.client.send(new TransactWriteItemsCommand({ TransactItems }));
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([told]);
    expect(told).toBeGreaterThanOrEqual(3);
    await database.close();
  });
});
