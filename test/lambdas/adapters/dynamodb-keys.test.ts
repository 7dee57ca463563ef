/** Records under the key of an earlier version, the index that may lack, and the lease. */
import { GetItemCommand, PutItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { UnreadableRecord } from '../../../domain/errors';
import { nodeRecord } from '../../../domain/records/node-record';
import { stored } from '../../../domain/records/stored-record';
import { recordKeys } from '../../../lambdas/adapters/dynamodb-keys';
import { runLease } from '../../../lambdas/adapters/dynamodb-lease';
import { nodeRecords } from '../../../lambdas/adapters/dynamodb-nodes';
import { tableOwnership } from '../../../lambdas/adapters/dynamodb-ownership';
import { atRestOf } from '../../../domain/reconciliation/at-rest';
import { openDynamoDb, type LocalDynamoDb } from '../../../simulator/dynamodb/dynamodb';
import { VirtualClock } from '../../../simulator/time/clock';
import { aNode, NODE_ID, NOW } from '../../domain/builders';

const tableName = 'Nodes';
const LATER = '2026-11-03T10:20:00.000Z';
const OTHER = 'smi-f0000000';
let local: LocalDynamoDb;

/** A table that the stack did not make: it has no index. */
beforeEach(async () => {
  const KEYS = ['pk', 'sk'] as const;
  const keySchema = KEYS.map((AttributeName, at) => ({ AttributeName, KeyType: (['HASH', 'RANGE'] as const)[at]! }));
  const attributeDefinitions = KEYS.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
  const table = { logicalId: 'Table', name: tableName, keySchema, attributeDefinitions };
  local = await openDynamoDb(new VirtualClock(0), [table]);
});
afterEach(() => local.close());

const table = () => ({ dynamodb: local.client, tableName });
const nodes = () => nodeRecords(table(), () => Promise.resolve());
const keys = () => recordKeys(table(), 'Holdfast');
const put = (Item: Record<string, AttributeValue>) =>
  local.client.send(new PutItemCommand({ TableName: tableName, Item }));
const putFormer = (id = NODE_ID, more: object = {}) =>
  put(marshall({ pk: 'NODE', sk: id, ...stored(nodeRecord, aNode({ id })), ...more }, { removeUndefinedValues: true }));
const itemAt = async (pk: string, sk = NODE_ID) =>
  (await local.client.send(new GetItemCommand({ TableName: tableName, Key: marshall({ pk, sk }) }))).Item;
const adopt = () => tableOwnership(table(), 'Holdfast').adopt(NOW);

describe('A record under the former key', () => {
  it('is read, listed and glanced at, in the order of the ids', async () => {
    await nodes().create(aNode({ id: OTHER }));
    await putFormer();
    const [former, present] = [aNode(), aNode({ id: OTHER })];

    await expect(nodes().get(NODE_ID)).resolves.toEqual(former);
    await expect(nodes().getAll([NODE_ID, OTHER])).resolves.toEqual({ nodes: [former, present], unreadable: [] });
    await expect(nodes().list()).resolves.toEqual({ nodes: [former, present], unreadable: [] });
    await expect(nodes().glances()).resolves.toEqual([
      { id: NODE_ID, atRest: atRestOf(former) },
      { id: OTHER, atRest: atRestOf(present) },
    ]);
    const ids: string[] = [];
    for await (const { id } of nodes().listFrom()) ids.push(id);
    expect(ids).toEqual([NODE_ID, OTHER]);
  });

  it('is saved where it is, without the attributes of the index, and removed there', async () => {
    await putFormer();
    const saved = await nodes().save(aNode());
    expect(await itemAt('NODE#0')).toBeUndefined();
    expect(await itemAt('NODE')).toMatchObject({ version: { N: String(saved.version) } });
    expect(await itemAt('NODE')).not.toHaveProperty('shard');

    await nodes().remove(saved);
    expect(await itemAt('NODE')).toBeUndefined();
  });

  it('refuses another record of the same id', async () => {
    await putFormer();
    await expect(nodes().create(aNode())).rejects.toMatchObject({ name: 'RecordContended' });
    expect(await itemAt('NODE#0')).toBeUndefined();
  });

  it('moves once the table is marked, ten minutes later, even one that cannot be read', async () => {
    await adopt();
    await putFormer();
    await putFormer(OTHER, { version: 'seven' });
    await expect(keys().upgrade(NOW)).resolves.toEqual({ moved: 0, failures: [] });
    await expect(keys().upgrade(LATER)).resolves.toEqual({ moved: 2, failures: [] });

    expect([await itemAt('NODE'), await itemAt('NODE', OTHER)]).toEqual([undefined, undefined]);
    expect(await itemAt('NODE#0')).toHaveProperty('shard');
    await expect(nodes().get(NODE_ID)).resolves.toEqual(aNode());
    await expect(nodes().get(OTHER)).rejects.toThrow(UnreadableRecord);
    await expect(keys().upgrade(LATER)).resolves.toEqual({ moved: 0, failures: [] });
  });

  it('stays if the node has a record under the present key, too, and the failure says what to do', async () => {
    await adopt();
    await nodes().create(aNode());
    await putFormer();
    const { moved, failures } = await keys().upgrade(LATER);

    expect({ moved, failures: failures.map(String) }).toEqual({
      moved: 0,
      failures: [expect.stringContaining(`${NODE_ID} has two records, NODE and NODE#0`)],
    });
    expect(await itemAt('NODE')).toBeDefined();
  });

  it('stays in a table of another deployment', async () => {
    await tableOwnership(table(), 'Another').adopt(NOW);
    await putFormer();
    await expect(keys().upgrade(LATER)).resolves.toEqual({ moved: 0, failures: [] });
    expect(await itemAt('NODE')).toBeDefined();
  });
});

describe('The lease', () => {
  const lease = (name: string) => runLease(table(), () => name);
  const at = (seconds: number) => new Date(Date.parse(NOW) + seconds * 1_000).toISOString();
  const free = { isPaced: false };

  it('is held by one run, until it ends', async () => {
    await expect(lease('a').take(NOW, free)).resolves.toBe('a');
    await expect(lease('b').take(at(1), free)).resolves.toBeUndefined();
    await lease('b').release('b');
    await expect(lease('b').take(at(2), free)).resolves.toBeUndefined();
    await lease('a').release('a');
    await expect(lease('b').take(at(3), free)).resolves.toBe('b');
  });

  it('ends by itself if the run does not', async () => {
    await lease('a').take(NOW, free);
    await expect(lease('b').take(at(89), free)).resolves.toBeUndefined();
    await expect(lease('b').take(at(90), free)).resolves.toBe('b');
  });

  it('is not given to an event within ten seconds after the last run began', async () => {
    await expect(lease('a').take(NOW, { isPaced: true })).resolves.toBe('a');
    await lease('a').release('a');
    await expect(lease('b').take(at(9), { isPaced: true })).resolves.toBeUndefined();
    await expect(lease('b').take(at(10), { isPaced: true })).resolves.toBe('b');
  });
});
