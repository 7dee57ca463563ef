/** How the pacer uses DynamoDB, and what it does if it cannot. The promises are in test/contracts. */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { PACED_ACTIONS } from '../../../domain/throttling/paced-actions';
import type { Permit } from '../../../domain/node/stateful-node';
import { newTurns, type Turns } from '../../../domain/throttling/turns';
import { dynamoDbPacer } from '../../../lambdas/adapters/dynamodb-pacer';
import type { Fields } from '../../../lambdas/monitoring/log';
import type { Pacer } from '../../../lambdas/ports';
import { openDynamoDb, type LocalDynamoDb } from '../../../simulator/dynamodb/dynamodb';
import { VirtualClock } from '../../../simulator/time/clock';
import { NOW } from '../../domain/builders';
import { InMemoryPacer } from '../in-memory-pacer';
import { aLog, TABLE_NAME } from '../runtime';

const ACTION = PACED_ACTIONS.RunInstances;
const I = ACTION.intervalMs;
const NOW_MS = Date.parse(NOW);
const KEY = { pk: 'PACER#RunInstances', sk: 'TURNS' };

const at = (ms: number) => new Date(NOW_MS + ms).toISOString();
const anItem = (more: Partial<Turns> & Fields = {}) =>
  marshall({ ...KEY, ...newTurns(ACTION), nextTurnMs: NOW_MS + 3 * I, issued: 8, schemaVersion: 0, ...more });

const lines: Fields[] = [];
beforeEach(() => void (lines.length = 0));

describe('The pacer on a table', () => {
  let local: LocalDynamoDb;
  let sent: string[];

  beforeEach(async () => {
    const table = {
      logicalId: 'Table',
      name: TABLE_NAME,
      keySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' as const },
        { AttributeName: 'sk', KeyType: 'RANGE' as const },
      ],
      attributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    };
    local = await openDynamoDb(new VirtualClock(0), [table]);
    sent = [];
  });
  afterEach(() => local.close());

  /** A pacer of a container of its own, which knows nothing yet. */
  function aPacer(): Pacer {
    const client = new DynamoDBClient({ region: 'eu-west-1' });
    const counting: Pick<DynamoDBClient, 'send'> = Object.assign(client, {
      send: (command: UpdateItemCommand) => {
        sent.push(command.constructor.name.replace('ItemCommand', ''));
        return local.client.send(command);
      },
    });
    return dynamoDbPacer({ dynamodb: counting, tableName: TABLE_NAME }, aLog(lines));
  }

  const put = (item: ReturnType<typeof anItem>) =>
    local.client.send(new PutItemCommand({ TableName: TABLE_NAME, Item: item }));

  async function item() {
    const command = new GetItemCommand({ TableName: TABLE_NAME, Key: marshall(KEY) });
    const { Item } = await local.client.send(command);
    return Item && unmarshall(Item);
  }

  test('one item holds the turns of an action', async () => {
    await aPacer().take('RunInstances', NOW);
    const nextTurnMs = NOW_MS - 2 * I;
    await expect(item()).resolves.toEqual({ ...KEY, ...newTurns(ACTION), nextTurnMs, issued: 1, schemaVersion: 0 });
  });

  test('a new container pays two writes if the action is idle, and then one', async () => {
    const pacer = aPacer();
    await pacer.take('RunInstances', NOW);
    expect(sent).toEqual(['Update', 'Update']);
    await pacer.take('RunInstances', at(60_000));
    await pacer.take('RunInstances', at(120_000));
    expect(sent).toHaveLength(4);
  });

  test('in a storm, every container pays one write for a ticket', async () => {
    await aPacer().take('RunInstances', NOW);
    sent = [];
    await Promise.all(Array.from({ length: 20 }, () => aPacer().take('RunInstances', NOW)));
    expect(sent).toHaveLength(20);
  });

  test('a container that wrongly takes the action for idle gets its ticket with the second write', async () => {
    const pacer = aPacer();
    await pacer.take('RunInstances', NOW);
    await aPacer().take('RunInstances', at(60_000));
    sent = [];
    await expect(pacer.take('RunInstances', at(60_000))).resolves.toMatchObject({ ticket: 3 });
    expect(sent).toEqual(['Update', 'Update']);
  });

  test.each([
    { name: 'a later version has written', more: { schemaVersion: 1 } },
    { name: 'has a turn that is no time', more: { nextTurnMs: 'soon' } },
    { name: 'has an interval of no length', more: { intervalMs: 0 } },
    { name: 'has lost its interval', more: { intervalMs: undefined } },
    { name: 'has a turn that is too far away', more: { nextTurnMs: NOW_MS + 1_800_001 } },
  ])('an item that $name stops no call', async ({ more }) => {
    await put(marshall({ ...unmarshall(anItem()), ...more }, { removeUndefinedValues: true }));
    const permit: Permit = { ticket: 8, turnAt: at(2 * I), takenAt: NOW };

    await expect(aPacer().take('RunInstances', NOW)).resolves.toEqual({ turnAt: NOW, takenAt: NOW });
    await expect(aPacer().jump('RunInstances', NOW)).resolves.toEqual({ turnAt: NOW, takenAt: NOW });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({
      level: 'WARN',
      message: 'the pacer is not available, so the call is not paced',
      action: 'RunInstances',
      error: expect.any(Error) as Error,
    });
    await expect(aPacer().refused('RunInstances', NOW)).resolves.toBeUndefined();
    const turn = await aPacer().turnAt('RunInstances', permit, NOW);
    expect(Date.parse(turn)).toBeLessThanOrEqual(NOW_MS + 1_800_000);
  });

  test('the log says what to do about an item that cannot be read', async () => {
    await put(anItem({ schemaVersion: 1 }));
    const pacer = aPacer();
    await pacer.take('RunInstances', NOW);
    expect(lines).toMatchObject([
      {
        error: { message: expect.stringContaining('PACER RunInstances cannot be read: schemaVersion') as string },
        remedy: 'Delete the item: the next call makes it anew, at the documented rate.',
      },
    ]);
    await local.client.send(new DeleteItemCommand({ TableName: TABLE_NAME, Key: marshall(KEY) }));
    await expect(pacer.take('RunInstances', NOW)).resolves.toMatchObject({ ticket: 1 });
  });

  test('a container that has seen turns too far away sees that a person has corrected them', async () => {
    await put(anItem({ nextTurnMs: NOW_MS + 86_400_000 }));
    const pacer = aPacer();
    await pacer.take('RunInstances', NOW);
    expect(lines).toMatchObject([{ error: { message: 'the next turn is over 30 minutes away' } }]);
    expect(lines[0]).not.toHaveProperty('remedy');
    await put(anItem());
    await expect(pacer.take('RunInstances', NOW)).resolves.toMatchObject({ ticket: 9, turnAt: at(3 * I) });
  });

  test('an item of a later version is left as it is', async () => {
    await put(anItem({ schemaVersion: 1 }));
    const before = await item();
    const pacer = aPacer();
    await pacer.take('RunInstances', NOW);
    await pacer.take('RunInstances', at(60_000));
    await pacer.jump('RunInstances', NOW);
    await pacer.refused('RunInstances', NOW);
    await expect(pacer.turnAt('RunInstances', { ticket: 8, turnAt: at(I), takenAt: NOW }, at(7))).resolves.toBe(at(7));
    await expect(item()).resolves.toEqual(before);
  });

  test.each([
    { name: 'idle', nextTurnMs: NOW_MS - 60_000, nextFrontMs: 0 },
    { name: 'busy', nextTurnMs: NOW_MS, nextFrontMs: 0 },
    { name: 'with a call that waits', nextTurnMs: NOW_MS + 9 * I, nextFrontMs: 0 },
    { name: 'with front-runners', nextTurnMs: NOW_MS + 9 * I, nextFrontMs: NOW_MS + I },
  ])('nor is it written by a container that has seen the version before: $name', async ({ name: _name, ...turns }) => {
    const pacer = aPacer();
    for (const call of ['take', 'jump'] as const) {
      await put(anItem(turns));
      await pacer[call]('RunInstances', NOW);
      await put(anItem({ ...turns, schemaVersion: 1 }));
      const before = await item();
      await expect(pacer[call]('RunInstances', NOW)).resolves.toEqual({ turnAt: NOW, takenAt: NOW });
      await pacer[call]('RunInstances', at(60_000));
      await expect(item()).resolves.toEqual(before);
    }
  });

  test('a deleted item is made anew, and those who wait go at once', async () => {
    await put(anItem());
    const pacer = aPacer();
    const waiting = await pacer.take('RunInstances', NOW);
    await local.client.send(new DeleteItemCommand({ TableName: TABLE_NAME, Key: marshall(KEY) }));
    await expect(pacer.turnAt('RunInstances', waiting, at(7))).resolves.toBe(at(7));
    await expect(pacer.take('RunInstances', at(7))).resolves.toMatchObject({ ticket: 1 });
    expect(lines).toEqual([]);
  });

  test('it does what the pacer in memory does, in every order of calls and in any number of containers', async () => {
    const someCalls = fc.array(
      fc.record({
        kind: fc.constantFrom('take', 'take', 'jump', 'refused', 'turnAt'),
        action: fc.constantFrom('RunInstances' as const, 'TerminateInTime' as const),
        container: fc.nat(2),
        afterMs: fc.oneof(fc.constant(0), fc.nat(1500), fc.nat(30_000)),
        which: fc.nat(),
      }),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(someCalls, async (calls) => {
        for (const action of ['RunInstances', 'TerminateInTime']) {
          const Key = marshall({ pk: `PACER#${action}`, sk: 'TURNS' });
          await local.client.send(new DeleteItemCommand({ TableName: TABLE_NAME, Key }));
        }
        const [containers, memory] = [[aPacer(), aPacer(), aPacer()], new InMemoryPacer()];
        const permits: Permit[] = [];
        let ms = 0;
        for (const { kind, action, container, afterMs, which } of calls) {
          ms += afterMs;
          const permit = permits[which % Math.max(permits.length, 1)];
          const [real, expected] = await Promise.all(
            [containers[container]!, memory].map(async (pacer) => {
              if (kind === 'take') return pacer.take(action, at(ms));
              if (kind === 'jump') return pacer.jump(action, at(ms));
              if (kind === 'refused') return pacer.refused(action, at(ms));
              return permit && pacer.turnAt(action, permit, at(ms));
            }),
          );
          expect(real).toEqual(expected);
          if (typeof real === 'object') permits.push(real);
        }
      }),
      { numRuns: 40 },
    );
    expect(lines).toEqual([]);
  });
});

describe('The pacer without its table', () => {
  const mock = mockClient(DynamoDBClient);
  const table = { dynamodb: new DynamoDBClient({ region: 'eu-west-1' }), tableName: TABLE_NAME };
  const permit: Permit = { ticket: 8, turnAt: at(9000), takenAt: NOW };

  beforeEach(() => mock.reset());

  const refusal = (name: string) =>
    new DynamoDBServiceException({ name, message: name, $fault: 'client', $metadata: {} });

  test.each([
    { name: 'DynamoDB throttles the writes', error: refusal('ThrottlingException') },
    { name: 'DynamoDB is not reached', error: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) },
    { name: 'the function may not use the table', error: refusal('AccessDeniedException') },
    { name: 'the code has a mistake', error: new TypeError('undefined is not a function') },
  ])('if $name, the call goes at once', async ({ error }) => {
    mock.onAnyCommand().rejects(error);
    const pacer = dynamoDbPacer(table, aLog(lines));

    await expect(pacer.take('RunInstances', NOW)).resolves.toEqual({ turnAt: NOW, takenAt: NOW });
    await expect(pacer.jump('RunInstances', NOW)).resolves.toEqual({ turnAt: NOW, takenAt: NOW });
    await expect(pacer.turnAt('RunInstances', permit, NOW)).resolves.toBe(NOW);
    await expect(pacer.refused('RunInstances', NOW)).resolves.toBeUndefined();
    expect(lines.map(({ level, action }) => [level, action])).toEqual(Array(4).fill(['WARN', 'RunInstances']));
  });

  const failed = (item?: ReturnType<typeof anItem>) =>
    new ConditionalCheckFailedException({ message: 'failed', $metadata: {}, ...(item && { Item: item }) });

  test('a call whose write always comes too late is not paced, after five tries', async () => {
    mock.on(UpdateItemCommand).rejects(failed(anItem()));

    const pacer = dynamoDbPacer(table, aLog(lines));
    await expect(pacer.take('RunInstances', NOW)).resolves.toEqual({ turnAt: NOW, takenAt: NOW });
    expect(mock.commandCalls(UpdateItemCommand)).toHaveLength(5);
    expect(lines).toHaveLength(1);
  });

  test('a refusal is learned in five tries, from the item that the failed condition returns, or not at all', async () => {
    mock.on(GetItemCommand).resolves({ Item: anItem() });
    mock.on(UpdateItemCommand).rejects(failed(anItem({ issued: 9 })));

    await dynamoDbPacer(table, aLog(lines)).refused('RunInstances', NOW);
    const writes = mock.commandCalls(UpdateItemCommand).map(({ args: [{ input }] }) => input);
    expect(writes.map((each) => each.ExpressionAttributeValues?.[':from_issued'])).toEqual(
      [8, 9, 9, 9, 9].map((issued) => ({ N: String(issued) })),
    );
    expect(mock.commandCalls(GetItemCommand)).toHaveLength(1);
    expect(lines).toEqual([]);
  });

  test('turns are read consistently, and only if they can have moved', async () => {
    mock.on(GetItemCommand).resolves({ Item: anItem() });
    const pacer = dynamoDbPacer(table, aLog(lines));
    await expect(pacer.turnAt('RunInstances', { turnAt: at(9), takenAt: NOW }, NOW)).resolves.toBe(at(9));
    expect(mock.commandCalls(GetItemCommand)).toHaveLength(0);
    await expect(pacer.turnAt('RunInstances', permit, NOW)).resolves.toBe(at(2 * I));
    expect(mock.commandCalls(GetItemCommand)[0]?.args[0].input).toEqual({
      TableName: TABLE_NAME,
      Key: marshall(KEY),
      ConsistentRead: true,
    });
  });

  test('a recovery that another caller has made first is not repeated', async () => {
    const slow = { intervalMs: 1000, learnedMs: NOW_MS - 10_000 };
    mock.on(GetItemCommand).resolves({ Item: anItem(slow) });
    mock.on(UpdateItemCommand).rejects(failed(anItem({ ...slow, intervalMs: 950, learnedMs: NOW_MS })));

    const turn = await dynamoDbPacer(table, aLog(lines)).turnAt('RunInstances', permit, NOW);
    expect(turn).toBe(at(3 * I - 950));
    expect(mock.commandCalls(UpdateItemCommand)).toHaveLength(1);
  });
});
