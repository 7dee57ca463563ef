/** The list of nodes and its entity tags, over HTTP, with the real API function and a real table. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { nodeRecords } from '../../../lambdas/adapters/dynamodb-nodes';
import type { Nodes } from '../../../lambdas/ports';
import { startServer, type RunningServer } from '../../../local/server/server';
import { aConfig, aNode } from '../../domain/builders';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const RESPONSE_MAX_BYTES = 6 * 1024 * 1024;
const NODES_PATH = '/aws/ec2/managedInstance';
const COUNT = 520;

const userData = Buffer.alloc(16 * 1024, 'x').toString('base64');
const idOf = (number: number) => `smi-${number.toString(16).padStart(8, '0')}`;
const BROKEN_ID = idOf(7);

let folder: string;
let server: RunningServer;
let nodes: Nodes;
let made: readonly StatefulNode[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  server = await startServer({ path: join(folder, 'data'), port: 0, speed: 1 });
  const { dynamodb, tableNames } = server.sandbox.plane;
  const tableName = tableNames[0]!;
  nodes = nodeRecords({ dynamodb, tableName }, async () => undefined);
  made = Array.from({ length: COUNT }, (_, index) =>
    aNode({ id: idOf(index), config: aConfig({ launchSpecification: { userData } }) }),
  ).filter(({ id }) => id !== BROKEN_ID);
  for (const node of made) await nodes.create(node);
  const Item = marshall({ pk: 'NODE', sk: BROKEN_ID, schemaVersion: 'none', name: 7 });
  await dynamodb.send(new PutItemCommand({ TableName: tableName, Item }));
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function get(pathAndQuery: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${server.url}${NODES_PATH}${pathAndQuery}`, {
    headers: { authorization: `Bearer ${server.token}`, ...headers },
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Returns the pages, after a check that Lambda could return each one. */
async function pages(query: string): Promise<readonly any[]> {
  const found: any[] = [];
  let token: string | undefined;
  do {
    const { status, text } = await get(`?${query}${token === undefined ? '' : `&nextToken=${token}`}`);
    expect(status).toBe(200);
    // The function's result has the body as a JSON string.
    expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThan(RESPONSE_MAX_BYTES);
    const { response } = JSON.parse(text);
    found.push(response);
    token = response.nextToken;
  } while (token !== undefined);
  return found;
}

const idsIn = (found: readonly any[]) => found.flatMap(({ items }) => items.map(({ id }: { id: string }) => id));

test('more nodes than one response holds are listed in pages, without the one whose record is unreadable', async () => {
  const found = await pages('');

  expect(found).toHaveLength(5);
  expect(idsIn(found)).toEqual(made.map(({ id }) => id));
  expect(found[0].items[0].config.compute.launchSpecification.userData).toBe(userData);
});

test('a few fields of all nodes fit into one response', async () => {
  const [page, ...others] = await pages('fields=id,name,status,privateIp');

  expect(others).toEqual([]);
  expect(page.items).toEqual(made.map(({ id }) => ({ id, name: 'ledger', status: 'ACTIVE', privateIp: '10.0.0.10' })));
});

test('fields and a limit can be combined', async () => {
  const found = await pages('fields=id&limit=200');

  expect(found.map(({ count }) => count)).toEqual([200, 200, 119]);
  expect(idsIn(found)).toEqual(made.map(({ id }) => id));
});

test('the records of nodes that can be read are not affected by the unreadable one', async () => {
  expect((await get(`/${BROKEN_ID}/status`)).status).toBe(409);
  expect((await get(`/${idOf(8)}/status`)).status).toBe(200);
});

test.each([
  { name: 'the list', path: '?limit=2' },
  { name: 'sparse fields', path: '?fields=id,name&limit=2' },
  { name: 'a node', path: `/${idOf(0)}` },
  { name: 'a status', path: `/${idOf(0)}/status` },
])('a client that polls $name gets 304 without a body until the node changes', async ({ path }) => {
  const etag = (await get(path)).headers.get('etag')!;
  const unchanged = await get(path, { 'If-None-Match': `"other", ${etag}` });

  expect(unchanged.status).toBe(304);
  expect(unchanged.text).toBe('');
  expect(unchanged.headers.get('etag')).toBe(etag);
  expect(unchanged.headers.get('content-type')).toBeNull();

  const node = (await nodes.get(idOf(0)))!;
  await nodes.save({ ...node, config: { ...node.config, name: `${node.config.name}-renamed` } });
  const changed = await get(path, { 'If-None-Match': etag });
  expect(changed.status).toBe(200);
  expect(changed.text).toContain('-renamed');
  expect(changed.headers.get('etag')).not.toBe(etag);
});

test('an unknown field is refused by its name', async () => {
  const { status, text } = await get('?fields=id,colour');

  expect(status).toBe(400);
  expect(JSON.parse(text).response.errors).toEqual([
    {
      code: 'VALIDATION_ERROR',
      field: 'fields',
      message: '"colour" is not a field of a node; give names with commas between them, like id,name,status',
    },
  ]);
});
