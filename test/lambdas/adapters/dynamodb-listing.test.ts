/** The list for pages and its tag, on the table with its indexes, and without them. */
import { PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { listedNode } from '../../../domain/operation/listed-node';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { nodeRecord } from '../../../domain/records/node-record';
import { presentKey } from '../../../domain/records/node-keys';
import { stored } from '../../../domain/records/stored-record';
import { synthesizeTemplate } from '../../../infra/app';
import { nodeListing } from '../../../lambdas/adapters/dynamodb-listing';
import { nodeRecords } from '../../../lambdas/adapters/dynamodb-nodes';
import { readTemplate } from '../../../simulator/cloudformation/template';
import { openDynamoDb, type LocalDynamoDb } from '../../../simulator/dynamodb/dynamodb';
import { VirtualClock } from '../../../simulator/time/clock';
import { aBusyNode, aConfig, aNode, NOW } from '../../domain/builders';

const { tables } = readTemplate(synthesizeTemplate({}));
const [withIndexes] = tables;
const HOUR_MS = 60 * 60_000;

let local: LocalDynamoDb;
let nowMs: number;
let sent: string[];

async function openTable(definition = withIndexes!): Promise<void> {
  local = await openDynamoDb(new VirtualClock(0), [definition]);
}
beforeEach(async () => {
  nowMs = Date.parse(NOW);
  sent = [];
  await openTable();
});
afterEach(() => local.close());

const now = () => new Date(nowMs);
const counting = {
  send: (command: { readonly constructor: { readonly name: string } }) => {
    sent.push(command.constructor.name);
    return local.client.send(command as never);
  },
} as unknown as Pick<DynamoDBClient, 'send'>;
const table = () => ({ dynamodb: counting, tableName: withIndexes!.name });
const listing = () => nodeListing(table(), { now });
const records = () => nodeRecords(table(), () => Promise.resolve());
const idOf = (number: number) => `smi-${number.toString(16).padStart(8, '0')}`;
const at = () => now().toISOString();
const pass = (ms: number) => void (nowMs += ms);
const ago = (seconds: number) => new Date(nowMs - seconds * 1000).toISOString();

/** A node that was changed a moment ago. */
async function create(id: string, more: Partial<StatefulNode> = {}): Promise<StatefulNode> {
  const node = aNode({ id, version: 1, updatedAt: at(), ...more });
  await records().create(node);
  return node;
}
const save = (node: StatefulNode, change: Partial<StatefulNode>) =>
  records().save({ ...node, ...change, updatedAt: at() });
const idsOf = async (query: Parameters<ReturnType<typeof listing>['list']>[0] = {}) =>
  (await listing().list(query)).nodes.map(({ id }) => id);

describe('The list', () => {
  it('shows of each node what its record says, in the order of the ids', async () => {
    const quiet = await create('smi-f0000001');
    const busy = aBusyNode({
      id: 'smi-00000001',
      version: 1,
      errorReason: 'replace failed',
      failure: { operation: 'replace', errorName: 'NoCapacity', count: 1, nextTryAt: NOW },
      lastReplacement: { at: NOW, awayFrom: NOW },
      config: aConfig({ launchSpecification: { tags: [{ tagKey: 'team', tagValue: 'billing' }] } }),
    });
    await records().create(busy);
    const { nodes, isLast } = await listing().list({});

    expect(nodes).toEqual([listedNode(busy), listedNode(quiet)]);
    expect(isLast).toBe(true);
  });

  it('is read from the index alone', async () => {
    for (let number = 0; number < 36; number += 1) await create(idOf(number * 0x07000000));
    sent = [];
    await expect(idsOf()).resolves.toHaveLength(36);

    expect(new Set(sent)).toEqual(new Set(['GetItemCommand', 'QueryCommand']));
    expect(sent.filter((name) => name === 'GetItemCommand')).toHaveLength(1);
  });

  it('leaves out what is being deleted, and what cannot be read', async () => {
    await create('smi-00000001');
    const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
    await create('smi-00000002', { deletion });
    const spoilt = { ...presentKey('smi-00000003'), shard: '0', updatedAt: NOW, id: 'smi-00000003', version: 'seven' };
    await local.client.send(new PutItemCommand({ TableName: withIndexes!.name, Item: marshall(spoilt) }));

    await expect(idsOf()).resolves.toEqual(['smi-00000001']);
  });

  it.each([1, 2, 3, 7, 50])('comes in pages of %i with every node once', async (limit) => {
    const ids = [0x1, 0x2, 0x3, 0x10000001, 0x70000001, 0x70000002, 0xf0000001].map(idOf);
    for (const id of [...ids].reverse()) await create(id);
    const pages: (readonly string[])[] = [];
    for (let after: string | undefined, isLast = false; !isLast;) {
      const page = await listing().list({ after, limit });
      pages.push(page.nodes.map(({ id }) => id));
      ({ isLast } = page);
      after = page.nodes.at(-1)?.id;
    }

    expect(pages.flat()).toEqual(ids);
    expect(pages.every((page) => page.length <= limit)).toBe(true);
  });

  it('reads few shards for a small page', async () => {
    for (let number = 0; number < 16; number += 1) await create(idOf(number * 0x10000000 + 1));
    sent = [];
    await listing().list({ limit: 1 });

    // Three whole shards, the latest changes of the others, and what an earlier version may have left.
    expect(sent.filter((name) => name === 'QueryCommand')).toHaveLength(17);
  });

  describe('of records that an earlier version has written', () => {
    const written = async (node: StatefulNode, more: object = {}) => {
      const item = { ...presentKey(node.id), ...stored(nodeRecord, node), shard: node.id.slice(4, 5), ...more };
      const Item = marshall(item, { removeUndefinedValues: true });
      await local.client.send(new PutItemCommand({ TableName: withIndexes!.name, Item }));
    };

    it('shows them: the index has them, and the records are read', async () => {
      const node = aNode({ id: 'smi-50000001' });
      await written(node);

      expect((await listing().list({})).nodes).toEqual([listedNode(node)]);
    });

    it('does not show what a rolled-back version has kept of an earlier change', async () => {
      const before = aNode({ id: 'smi-50000001', updatedAt: NOW });
      await create(before.id);
      pass(1000);
      const after = { ...before, status: 'PAUSED', updatedAt: at() } as const;
      const { listedText } = await import('../../../domain/records/listed-record');
      await written(after, { listed: listedText(listedNode(before)) });

      expect((await listing().list({})).nodes).toEqual([listedNode(after)]);
    });

    it('shows those under their former key, once', async () => {
      const [moved, former] = [aNode({ id: 'smi-50000001' }), aNode({ id: 'smi-50000002' })];
      await create('smi-50000001');
      await written(moved, { pk: 'NODE', shard: undefined });
      await written(former, { pk: 'NODE', shard: undefined });

      await expect(idsOf()).resolves.toEqual(['smi-50000001', 'smi-50000002']);
    });
  });

  it('is read from the records in a table without the index, and has no tag of its own', async () => {
    await local.close();
    const { indexes: _none, ...rest } = withIndexes!;
    const isKey = ({ AttributeName }: { readonly AttributeName?: string | undefined }) =>
      rest.keySchema.some((key) => key.AttributeName === AttributeName);
    await openTable({ ...rest, attributeDefinitions: rest.attributeDefinitions.filter(isKey) });
    const node = await create('smi-00000001');
    await create('smi-00000002');

    await expect(listing().tag()).resolves.toBeUndefined();
    const first = await listing().list({ limit: 1 });
    expect(first).toMatchObject({ nodes: [{ id: node.id }], isLast: false });
    await expect(idsOf({ after: node.id })).resolves.toEqual(['smi-00000002']);
    const [one] = (await records().list()).nodes;
    pass(1000);
    await save(one!, { status: 'PAUSED' });
    expect((await listing().list({ limit: 1 })).tag).not.toBe(first.tag);
  });
});

describe('The tag of the list', () => {
  it('is that of the list, whichever page is read, and stays while nothing changes', async () => {
    for (let number = 0; number < 40; number += 1) await create(idOf(number * 0x06000000));
    const tag = await listing().tag();
    pass(HOUR_MS);

    await expect(listing().tag()).resolves.toBe(tag);
    for (const query of [{}, { limit: 3 }, { after: idOf(0x30000000), limit: 2 }]) {
      expect((await listing().list(query)).tag).toBe(tag);
    }
  });

  it('costs a few small reads', async () => {
    for (let number = 0; number < 40; number += 1) await create(idOf(number * 0x06000000));
    pass(HOUR_MS);
    sent = [];
    await listing().tag();

    expect(sent.length).toBe(18);
  });

  interface Row {
    readonly name: string;
    readonly change: (node: StatefulNode) => Promise<unknown>;
  }

  it.each<Row>([
    { name: 'a status', change: (node) => save(node, { status: 'ERROR' }) },
    { name: 'a name', change: (node) => save(node, { config: { ...node.config, name: 'other' } }) },
    { name: 'the beginning of an operation', change: (node) => save(node, { operation: aBusyNode().operation }) },
    { name: 'another instance', change: (node) => save(node, { instance: { ...node.instance!, id: 'i-00000002' } }) },
    { name: 'an address', change: (node) => save(node, { identity: { settled: false } }) },
    { name: 'a replacement', change: (node) => save(node, { lastReplacement: { at: NOW } }) },
    { name: 'a new node', change: () => create('smi-90000009') },
    {
      name: 'the request of a deletion',
      change: (node) =>
        save(node, { deletion: { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true } }),
    },
    // The clock of the function that writes is slow, or the write took long after its time was taken.
    {
      name: 'a change that seems to be earlier',
      change: (node) => records().save({ ...node, status: 'ERROR', updatedAt: ago(60) }),
    },
    { name: 'a change in the same millisecond', change: (node) => records().save({ ...node, status: 'ERROR' }) },
  ])('changes with $name', async ({ change }) => {
    await create('smi-00000001');
    const node = await create('smi-00000002');
    for (let number = 3; number < 9; number += 1) await create(idOf(number));
    const { tag } = await listing().list({});
    await change(node);

    const changed = await listing().tag();
    expect(changed).not.toBe(tag);
    expect((await listing().list({ limit: 1 })).tag).toBe(changed);
  });

  it('changes although another change is in the future', async () => {
    await create('smi-00000001', { updatedAt: new Date(nowMs + 24 * HOUR_MS).toISOString() });
    const node = await create('smi-00000002');
    pass(HOUR_MS);
    const tag = await listing().tag();
    await save(node, { status: 'PAUSED' });

    await expect(listing().tag()).resolves.not.toBe(tag);
  });

  it('is not what it was before, after a deletion has ended', async () => {
    await create('smi-00000001');
    pass(HOUR_MS);
    const node = await create('smi-00000002', { updatedAt: ago(3600 * 10) });
    const tags = [await listing().tag()];
    const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
    const leaving = await save(node, { deletion });
    tags.push(await listing().tag());
    await records().remove(leaving);
    tags.push(await listing().tag());
    pass(HOUR_MS);
    tags.push(await listing().tag());

    expect(new Set(tags).size).toBe(3);
    expect(tags.indexOf(tags[3])).toBe(2);
  });

  it('is found although many nodes have changed at once', async () => {
    for (let number = 0; number < 120; number += 1) await create(idOf(number));
    const tag = await listing().tag();
    expect((await listing().list({})).tag).toBe(tag);
    const [first] = (await records().list()).nodes;
    await records().save({ ...first!, status: 'ERROR' });

    await expect(listing().tag()).resolves.not.toBe(tag);
  });
});
