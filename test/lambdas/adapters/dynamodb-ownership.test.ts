/** What the table says of itself and of its instances, held against DynamoDB's own rules for conditions. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { InstanceState } from '../../../domain/node/observations';
import { tableOwnership } from '../../../lambdas/adapters/dynamodb-ownership';
import { instanceIndex } from '../../../lambdas/adapters/dynamodb-table';
import { openDynamoDb, type LocalDynamoDb } from '../../../simulator/dynamodb/dynamodb';
import { VirtualClock } from '../../../simulator/time/clock';
import { NODE_ID, NOW, REPLACEMENT_ID } from '../../domain/builders';

const LATER = '2026-11-03T11:00:00.000Z';
const tableName = 'Nodes';
let local: LocalDynamoDb;

beforeEach(async () => {
  const KEYS = ['pk', 'sk'] as const;
  const table = {
    logicalId: 'Table',
    name: tableName,
    keySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' as const },
      { AttributeName: 'sk', KeyType: 'RANGE' as const },
    ],
    attributeDefinitions: KEYS.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
  };
  local = await openDynamoDb(new VirtualClock(0), [table], undefined, true);
});
afterEach(() => local.close());

describe('What the table says of itself', () => {
  const open = (deployment = 'Holdfast') => tableOwnership({ dynamodb: local.client, tableName }, deployment);
  const own = { deployment: 'Holdfast', tableName, createdAt: NOW };

  it('is nothing at first, and then nothing is done by its word', async () => {
    await expect(open().identity()).resolves.toBeUndefined();
    await expect(open().doubt()).resolves.toMatch(/^the table Nodes does not say whose it is/);
  });

  it('is whose it is, once that is established', async () => {
    await open().establish(NOW);

    await expect(open().identity()).resolves.toEqual(own);
    await expect(open().doubt()).resolves.toBeUndefined();
    await expect(open('Staging').doubt()).resolves.toMatch(/belongs to the deployment Holdfast, not to Staging/);
  });

  it('is established once, and by nobody else after that', async () => {
    await open().establish(NOW);
    await open().establish(LATER);
    await open('Staging').establish(LATER);

    await expect(open().identity()).resolves.toEqual(own);
  });

  it('is in doubt where it cannot be read, until a deployment adopts the table', async () => {
    const Item = { pk: { S: 'DEPLOYMENT' }, sk: { S: 'IDENTITY' }, deployment: { N: '7' } };
    await local.client.send(new PutItemCommand({ TableName: tableName, Item }));

    await expect(open().identity()).rejects.toThrow('The record DEPLOYMENT IDENTITY cannot be read: deployment: ');
    await expect(open().doubt()).resolves.toMatch(
      /^The record DEPLOYMENT IDENTITY cannot be read: .*rebuild the records/,
    );
    await open().adopt(LATER);
    await expect(open().identity()).resolves.toEqual({ ...own, createdAt: LATER });
  });

  it('is another’s only where that adopts it, which ends a halt as well', async () => {
    await open().establish(NOW);
    await open().halt('the records are old', NOW);
    await open('Staging').adopt(LATER);

    await expect(open('Staging').identity()).resolves.toEqual({ ...own, deployment: 'Staging', createdAt: LATER });
    await expect(open('Staging').doubt()).resolves.toBeUndefined();
  });

  it('is why it was halted first, and not why it was halted again', async () => {
    await open().establish(NOW);
    await open().halt('the records are old', NOW);
    await open().halt('something else', LATER);

    await expect(open().identity()).resolves.toEqual({
      ...own,
      halted: { since: NOW, because: 'the records are old' },
    });
    await expect(open().doubt()).resolves.toMatch(/^the records are old/);
  });

  it('is still nothing where a table that says nothing is halted', async () => {
    await open().halt('the records are old', NOW);

    await expect(open().identity()).resolves.toBeUndefined();
  });
});

describe('What events say of an instance', () => {
  const waiter = { taskToken: 'the-token', awaited: 'running' } as const;
  const index = () => instanceIndex({ dynamodb: local.client, tableName });
  const at = (second: number) => `2026-11-03T10:00:0${second}Z`;

  it.each<{ name: string; events: readonly (readonly [InstanceState, string])[]; last: InstanceState }>([
    {
      name: 'one after the other',
      events: [
        ['pending', at(1)],
        ['running', at(2)],
      ],
      last: 'running',
    },
    {
      name: 'the earlier one late',
      events: [
        ['running', at(2)],
        ['pending', at(1)],
      ],
      last: 'running',
    },
    {
      name: 'in one second',
      events: [
        ['shutting-down', at(1)],
        ['terminated', at(1)],
      ],
      last: 'terminated',
    },
    {
      name: 'in one second, the other way round',
      events: [
        ['terminated', at(1)],
        ['shutting-down', at(1)],
      ],
      last: 'terminated',
    },
    {
      name: 'the same twice',
      events: [
        ['running', at(1)],
        ['running', at(1)],
      ],
      last: 'running',
    },
    {
      name: 'stopped and started',
      events: [
        ['stopped', at(1)],
        ['pending', at(2)],
        ['running', at(3)],
      ],
      last: 'running',
    },
    {
      name: 'an end that is late',
      events: [
        ['terminated', at(3)],
        ['shutting-down', at(2)],
        ['running', at(1)],
      ],
      last: 'terminated',
    },
  ])('is what the latest has said: $name', async ({ events, last }) => {
    await index().register(REPLACEMENT_ID, NODE_ID);
    for (const [state, when] of events) await index().noteState(REPLACEMENT_ID, state, when);

    await expect(index().subscribe(REPLACEMENT_ID, waiter)).resolves.toBe(last);
  });

  it('is known by whoever subscribes, and tells who waits of every event, late ones too', async () => {
    await index().register(REPLACEMENT_ID, NODE_ID);
    await expect(index().noteState(REPLACEMENT_ID, 'running', at(2))).resolves.toEqual({
      nodeId: NODE_ID,
      waiter: undefined,
    });
    await index().subscribe(REPLACEMENT_ID, waiter);

    await expect(index().noteState(REPLACEMENT_ID, 'pending', at(1))).resolves.toEqual({ nodeId: NODE_ID, waiter });
    await expect(index().noteState(REPLACEMENT_ID, 'stopping', at(3))).resolves.toEqual({ nodeId: NODE_ID, waiter });
  });

  it('makes no instance a node’s, and is known of one that becomes a node’s later: an event may outrun the launch', async () => {
    await expect(index().noteState(REPLACEMENT_ID, 'running', at(1))).resolves.toBeUndefined();
    await expect(index().nodeOf(REPLACEMENT_ID)).resolves.toBeUndefined();
    await index().register(REPLACEMENT_ID, NODE_ID);

    await expect(index().subscribe(REPLACEMENT_ID, waiter)).resolves.toBe('running');
  });
});
