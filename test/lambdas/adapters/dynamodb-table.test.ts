import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { StatusChange } from '../../../domain/operation/status-change';
import { RecordContended, ServiceUnavailable, Throttled, UnreadableRecord } from '../../../domain/errors';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { addressClaims, instanceIndex } from '../../../lambdas/adapters/dynamodb-table';
import { nodeRecords } from '../../../lambdas/adapters/dynamodb-nodes';
import { aBusyNode, aLaunch, ALLOCATION_ID, aNode, NODE_ID, NOW, REPLACEMENT_ID } from '../../domain/builders';

const mock = mockClient(DynamoDBClient);
const table = { dynamodb: new DynamoDBClient({ region: 'eu-west-1' }), tableName: 'holdfast-test' };

beforeEach(() => mock.reset());

const conditionFailed = (item?: object): ConditionalCheckFailedException =>
  new ConditionalCheckFailedException({
    $metadata: {},
    message: 'The conditional request failed',
    ...(item && { Item: marshall(item) }),
  });

function putInput() {
  return mock.commandCalls(PutItemCommand)[0]!.args[0].input;
}

const cancelled = (...codes: readonly string[]): TransactionCanceledException =>
  new TransactionCanceledException({
    $metadata: {},
    message: 'Transaction cancelled',
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

function creation() {
  return mock.commandCalls(TransactWriteItemsCommand)[0]?.args[0].input.TransactItems ?? [];
}

describe('Node records', () => {
  const announced: StatusChange[] = [];
  const nodes = nodeRecords(table, (change) => Promise.resolve(void announced.push(change)));

  it('are read back as they were written, absent members absent', async () => {
    const node = aBusyNode({ errorReason: undefined }, { launch: aLaunch({ lossReason: undefined }) });
    mock.onAnyCommand().resolves({});
    await nodes.create(node);
    mock.on(GetItemCommand).resolves({ Item: creation()[0]?.Put?.Item });

    const read = await nodes.get(NODE_ID);
    expect(read).toEqual(node);
    expect(read).not.toHaveProperty('errorReason');
    expect(read).not.toHaveProperty('pk');
  });

  it('announce a write that changes the status, and no other', async () => {
    const before = aNode({ status: 'ACTIVE' });
    const item = marshall({ ...before }, { removeUndefinedValues: true });
    announced.length = 0;
    mock.on(PutItemCommand).resolves({ Attributes: item });
    await nodes.save({ ...before, createdAt: 'later' });
    await nodes.save({ ...before, status: 'ERROR', errorReason: 'it broke' });
    expect(announced).toMatchObject([{ nodeId: NODE_ID, from: 'ACTIVE', to: 'ERROR', errorReason: 'it broke' }]);
  });

  it('are read consistently, under their own key', async () => {
    mock.on(GetItemCommand).resolves({});

    await expect(nodes.get(NODE_ID)).resolves.toBeUndefined();
    expect(mock.commandCalls(GetItemCommand)[0]?.args[0].input).toEqual({
      TableName: 'holdfast-test',
      Key: { pk: { S: 'NODE#0' }, sk: { S: NODE_ID } },
      ConsistentRead: true,
    });
  });

  it('are created only if there is none', async () => {
    mock.onAnyCommand().resolves({});
    await nodes.create(aNode());

    const isNew = { TableName: 'holdfast-test', ConditionExpression: 'attribute_not_exists(pk)' };
    const former = { pk: { S: 'NODE' }, sk: { S: NODE_ID } };
    expect(creation()).toMatchObject([{ Put: isNew }, { ConditionCheck: { ...isNew, Key: former } }]);
    expect(unmarshall(creation()[0]?.Put?.Item ?? {})).toMatchObject({
      pk: 'NODE#0',
      sk: NODE_ID,
      id: NODE_ID,
      version: 7,
    });
  });

  it('are written only over the version that was read, with the next version', async () => {
    mock.on(PutItemCommand).resolves({});

    await expect(nodes.save(aNode({ version: 7 }))).resolves.toEqual(aNode({ version: 8 }));
    expect(putInput()).toMatchObject({
      ConditionExpression: 'version = :read',
      ExpressionAttributeValues: { ':read': { N: '7' } },
      Item: { version: { N: '8' } },
    });
  });

  it.each([
    { name: 'saved', write: () => nodes.save(aNode()) },
    { name: 'created', write: () => nodes.create(aNode()) },
  ])('are contended if another writer has $name one', async ({ write }) => {
    mock.on(GetItemCommand).resolves({});
    mock.on(PutItemCommand).rejects(conditionFailed());
    mock.on(TransactWriteItemsCommand).rejects(cancelled('ConditionalCheckFailed', 'None'));

    await expect(write()).rejects.toThrow(RecordContended);
  });

  const item = (node: StatefulNode) =>
    marshall({ pk: 'NODE#0', sk: node.id, ...node }, { removeUndefinedValues: true });
  const ofShard = (shard: string) => ({ ExpressionAttributeValues: { ':node': { S: `NODE#${shard}` } } });
  const queries = () => mock.commandCalls(QueryCommand).map(({ args: [{ input }] }) => input);

  it('are listed over all pages of all partitions, the former one first', async () => {
    const [first, second, last] = ['smi-00000001', 'smi-00000002', 'smi-f0000000'].map((id) => aNode({ id }));
    const LastEvaluatedKey = { pk: { S: 'NODE#0' }, sk: { S: first!.id } };
    mock
      .on(QueryCommand)
      .resolves({})
      .on(QueryCommand, ofShard('0'))
      .resolvesOnce({ Items: [item(first!)], LastEvaluatedKey })
      .resolves({ Items: [item(second!)] })
      .on(QueryCommand, ofShard('f'))
      .resolves({ Items: [item(last!)] });

    await expect(nodes.list()).resolves.toEqual({ nodes: [first, second, last], unreadable: [] });
    const [former, ...others] = queries();
    expect(former).toMatchObject({
      KeyConditionExpression: 'pk = :node',
      ExpressionAttributeValues: { ':node': { S: 'NODE' } },
      ConsistentRead: true,
    });
    expect(others).toHaveLength(17);
    expect(others.every(({ ConsistentRead }) => ConsistentRead)).toBe(true);
    expect(others.at(-1)).toMatchObject({ ...ofShard('0'), ExclusiveStartKey: LastEvaluatedKey });
  });

  it('are listed from an id on, and read only as far as the caller iterates', async () => {
    const node = aNode({ id: 'smi-10000002' });
    const LastEvaluatedKey = { pk: { S: 'NODE#1' }, sk: { S: node.id } };
    mock
      .on(QueryCommand)
      .resolves({})
      .on(QueryCommand, ofShard('1'))
      .resolves({ Items: [item(node)], LastEvaluatedKey });

    const listed = nodes.listFrom('smi-10000001')[Symbol.asyncIterator]();
    await expect(listed.next()).resolves.toEqual({ done: false, value: node });
    expect(queries()).toMatchObject([
      { ExpressionAttributeValues: { ':node': { S: 'NODE' } } },
      { ...ofShard('1'), ExclusiveStartKey: { pk: { S: 'NODE#1' }, sk: { S: 'smi-10000001' } } },
    ]);
  });

  const broken = marshall({ pk: 'NODE#0', sk: 'smi-00000002', ...aNode({ id: 'smi-00000002' }), version: 'two' });
  const whole = ['smi-00000001', 'smi-00000003'].map((id) => aNode({ id }));
  const among = whole.map((node) => marshall({ pk: 'NODE#0', sk: node.id, ...node }));

  it('that cannot be read are named by node and field', async () => {
    mock.on(GetItemCommand).resolves({ Item: broken });

    await expect(nodes.get('smi-00000002')).rejects.toThrow(UnreadableRecord);
    await expect(nodes.get('smi-00000002')).rejects.toThrow('The record NODE smi-00000002 cannot be read: version: ');
  });

  it('that cannot be read hide none of the others', async () => {
    mock
      .on(QueryCommand)
      .resolves({})
      .on(QueryCommand, ofShard('0'))
      .resolves({ Items: [among[0]!, broken, among[1]!] });

    const { nodes: found, unreadable } = await nodes.list();
    expect(found).toEqual(whole);
    expect(unreadable).toMatchObject([{ record: { kind: 'NODE', id: 'smi-00000002' }, field: 'version' }]);
  });

  it('that cannot be read are left out when they are listed one by one', async () => {
    mock
      .on(QueryCommand)
      .resolves({})
      .on(QueryCommand, ofShard('0'))
      .resolves({ Items: [among[0]!, broken, among[1]!] });
    const found: StatefulNode[] = [];
    for await (const node of nodes.listFrom()) found.push(node);

    expect(found).toEqual(whole);
  });

  it('are written even if the previous record cannot be read', async () => {
    announced.length = 0;
    mock.on(PutItemCommand).resolves({ Attributes: broken });

    await expect(nodes.save(aNode())).resolves.toEqual(aNode({ version: 8 }));
    expect(announced).toMatchObject([{ from: null, to: 'ACTIVE' }]);
  });

  it('have their schema version, and keep what a later version has added', async () => {
    const item = { ...aNode(), identity: { ...aNode().identity, ofLater: 1 }, ofLater: { kept: true } };
    mock.on(GetItemCommand).resolves({ Item: marshall({ pk: 'NODE#0', sk: NODE_ID, schemaVersion: 1, ...item }) });
    mock.on(PutItemCommand).resolves({});
    const read = await nodes.get(NODE_ID);
    await nodes.save(read!);

    expect(unmarshall(putInput().Item ?? {})).toEqual({
      pk: 'NODE#0',
      sk: NODE_ID,
      shard: '0',
      atRest: expect.any(String) as unknown,
      listed: expect.any(String) as unknown,
      schemaVersion: 1,
      ...item,
      version: 8,
    });
  });

  it('are removed only at the version that was read, and removing one that is gone does nothing', async () => {
    mock.on(DeleteItemCommand).resolves({});
    await nodes.remove(aNode({ version: 7 }));

    expect(mock.commandCalls(DeleteItemCommand)[0]?.args[0].input).toEqual({
      TableName: 'holdfast-test',
      Key: { pk: { S: 'NODE#0' }, sk: { S: NODE_ID } },
      ConditionExpression: 'attribute_not_exists(pk) OR version = :read',
      ExpressionAttributeValues: { ':read': { N: '7' } },
      ReturnValues: 'ALL_OLD',
    });
    mock.on(DeleteItemCommand).rejects(conditionFailed());
    await expect(nodes.remove(aNode())).rejects.toThrow(RecordContended);
  });

  const answered = (name: string, $fault: 'client' | 'server' = 'client') =>
    new DynamoDBServiceException({ name, $fault, $metadata: {}, message: 'because' });
  it.each([
    { error: answered('ProvisionedThroughputExceededException'), ErrorClass: Throttled },
    { error: answered('ThrottlingException'), ErrorClass: Throttled },
    { error: answered('RequestLimitExceeded'), ErrorClass: Throttled },
    { error: answered('InternalServerError', 'server'), ErrorClass: ServiceUnavailable },
    { error: Object.assign(new Error('socket'), { code: 'ECONNRESET' }), ErrorClass: ServiceUnavailable },
    { error: answered('ResourceNotFoundException'), ErrorClass: DynamoDBServiceException },
    { error: new TypeError('a mistake'), ErrorClass: TypeError },
  ])('cannot be read or written: $error.name', async ({ error, ErrorClass }) => {
    mock.on(GetItemCommand).rejects(error);
    mock.on(PutItemCommand).rejects(error);

    await expect(nodes.get(NODE_ID)).rejects.toThrow(ErrorClass);
    await expect(nodes.save(aNode())).rejects.toThrow(ErrorClass);
  });
});

describe('Claims on addresses', () => {
  const claims = addressClaims(table);
  const request = { address: ALLOCATION_ID, nodeId: NODE_ID, now: NOW };

  it('are made if the address is free, or the node holds it already', async () => {
    mock.on(PutItemCommand).resolves({});

    await expect(claims.claim(request)).resolves.toEqual({ holder: NODE_ID, claimedAt: NOW });
    const { Item, ExpressionAttributeValues, ...input } = putInput();
    expect(input).toEqual({
      TableName: 'holdfast-test',
      ConditionExpression: 'attribute_not_exists(pk) OR nodeId IN (:nodeId, :staleHolder)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    expect(unmarshall(Item ?? {})).toEqual({
      pk: 'CLAIM',
      sk: ALLOCATION_ID,
      schemaVersion: 1,
      nodeId: NODE_ID,
      claimedAt: NOW,
    });
    expect(unmarshall(ExpressionAttributeValues ?? {})).toEqual({ ':nodeId': NODE_ID, ':staleHolder': NODE_ID });
  });

  it('are taken over from a holder that does not exist', async () => {
    mock.on(PutItemCommand).resolves({});
    await claims.claim({ ...request, staleHolder: 'smi-gone' });

    expect(putInput().ExpressionAttributeValues).toMatchObject({ ':staleHolder': { S: 'smi-gone' } });
  });

  it('say who holds the address, and since when', async () => {
    mock.on(PutItemCommand).rejects(conditionFailed({ nodeId: 'smi-other', claimedAt: '2026-01-01T00:00:00.000Z' }));

    await expect(claims.claim(request)).resolves.toEqual({
      holder: 'smi-other',
      claimedAt: '2026-01-01T00:00:00.000Z',
    });
  });

  it('that cannot be read are named by address and field', async () => {
    mock.on(PutItemCommand).rejects(conditionFailed({ claimedAt: NOW }));

    await expect(claims.claim(request)).rejects.toThrow(`The record CLAIM ${ALLOCATION_ID} cannot be read: nodeId: `);
  });

  it('are released only by their holder', async () => {
    mock.on(DeleteItemCommand).resolves({});
    await claims.release(ALLOCATION_ID, NODE_ID);

    expect(mock.commandCalls(DeleteItemCommand)[0]?.args[0].input).toEqual({
      TableName: 'holdfast-test',
      Key: { pk: { S: 'CLAIM' }, sk: { S: ALLOCATION_ID } },
      ConditionExpression: 'attribute_not_exists(pk) OR nodeId = :nodeId',
      ExpressionAttributeValues: { ':nodeId': { S: NODE_ID } },
    });
    mock.on(DeleteItemCommand).rejects(conditionFailed());
    await expect(claims.release(ALLOCATION_ID, NODE_ID)).resolves.toBeUndefined();
  });
});

describe('The index of instances', () => {
  const index = instanceIndex(table);
  const key = { pk: { S: 'INSTANCE' }, sk: { S: REPLACEMENT_ID } };

  it('registers an instance without changing its waiter', async () => {
    mock.on(UpdateItemCommand).resolves({});
    await index.register(REPLACEMENT_ID, NODE_ID);

    expect(mock.commandCalls(UpdateItemCommand)[0]?.args[0].input).toEqual({
      TableName: 'holdfast-test',
      Key: key,
      UpdateExpression: 'SET nodeId = :nodeId, schemaVersion = :version',
      ExpressionAttributeValues: { ':nodeId': { S: NODE_ID }, ':version': { N: '1' } },
    });
  });

  it.each([
    { name: 'nothing yet', item: undefined, announced: undefined },
    { name: 'a state', item: { lastState: 'running' }, announced: 'running' },
  ])('subscribes without changing the node, and returns the state from events: $name', async ({ item, announced }) => {
    mock.on(UpdateItemCommand).resolves({});
    const stateKey = { pk: { S: 'STATE' }, sk: { S: REPLACEMENT_ID } };
    mock.on(GetItemCommand, { Key: stateKey, ConsistentRead: true }).resolves({ Item: item && marshall(item) });
    const waiter = { taskToken: 'the token', awaited: 'running' } as const;

    await expect(index.subscribe(REPLACEMENT_ID, waiter)).resolves.toBe(announced);
    expect(mock.commandCalls(UpdateItemCommand)[0]?.args[0].input).toEqual({
      TableName: 'holdfast-test',
      Key: key,
      UpdateExpression: 'SET taskToken = :taskToken, awaited = :awaited, schemaVersion = :version',
      ExpressionAttributeValues: {
        ':taskToken': { S: 'the token' },
        ':awaited': { S: 'running' },
        ':version': { N: '1' },
      },
    });
  });

  it.each([
    { name: 'nothing', item: undefined, nodeId: undefined, waiter: undefined },
    { name: 'a node', item: { nodeId: NODE_ID }, nodeId: NODE_ID, waiter: undefined },
    {
      name: 'a node and a waiter',
      item: { nodeId: NODE_ID, taskToken: 'the token', awaited: 'running' },
      nodeId: NODE_ID,
      waiter: { taskToken: 'the token', awaited: 'running' },
    },
  ])('knows of an instance: $name', async ({ item, nodeId, waiter }) => {
    mock.on(GetItemCommand, { Key: key, ConsistentRead: true }).resolves({ Item: item && marshall(item) });

    await expect(index.nodeOf(REPLACEMENT_ID)).resolves.toBe(nodeId);
    await expect(index.waiterOf(REPLACEMENT_ID)).resolves.toEqual(waiter);
  });

  it('names an item that cannot be read', async () => {
    mock.on(GetItemCommand).resolves({ Item: marshall({ nodeId: 7 }) });

    await expect(index.nodeOf(REPLACEMENT_ID)).rejects.toThrow(
      `The record INSTANCE ${REPLACEMENT_ID} cannot be read: nodeId: `,
    );
  });
});
