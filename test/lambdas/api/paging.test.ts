/** Growing lists: no response is larger than Lambda allows, and the pages together have every item. */
import type { LogEntry, LogPage, LogQuery } from '../../../domain/node/node-log';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import { createNodeService } from '../../../lambdas/api/create-node-service';
import { InvalidRequest } from '../../../lambdas/api/node-service';
import { nodeRecords } from '../../../lambdas/adapters/dynamodb-nodes';
import { openDynamoDb } from '../../../simulator/dynamodb/dynamodb';
import { VirtualClock } from '../../../simulator/time/clock';
import { aConfig, aNode, NODE_ID } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';
import { anApi, FakeNodeService, NODE, NODES } from './requests';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const RESPONSE_MAX_BYTES = 6 * 1024 * 1024;

const userData = Buffer.alloc(16 * 1024, 'x').toString('base64');
const idOf = (number: number) => `smi-${number.toString(16).padStart(8, '0')}`;

/** Nodes with as much user data as EC2 allows, and optionally a description of quotes, which escaping makes longer. */
const nodesOf = (count: number, description?: string): readonly StatefulNode[] =>
  Array.from({ length: count }, (_, index) =>
    aNode({ id: idOf(index), config: { ...aConfig({ launchSpecification: { userData } }), description } }),
  );

/** The size of the function's result, in which the body is a JSON string. */
const bytesOnTheWay = (answer: object) => Buffer.byteLength(JSON.stringify({ ...answer, isBase64Encoded: false }));

/** Returns all pages, and checks the size of each. */
async function pagesOf(send: ReturnType<typeof anApi>['send'], query = ''): Promise<readonly any[]> {
  const pages: any[] = [];
  let token: string | undefined;
  do {
    const { status, headers, body } = await send({
      method: 'GET',
      path: NODES,
      query: `${query}${token === undefined ? '' : `&nextToken=${token}`}`,
    });
    expect(status).toBe(200);
    expect(bytesOnTheWay({ status, headers, body: JSON.stringify(body) })).toBeLessThan(RESPONSE_MAX_BYTES);
    expect(body.response.count).toBe(body.response.items.length);
    pages.push(body.response);
    token = body.response.nextToken;
  } while (token !== undefined);
  return pages;
}

const idsIn = (pages: readonly any[]) => pages.flatMap(({ items }) => items.map(({ id }: { id: string }) => id));

describe('The list of nodes', () => {
  it.each([
    { name: 'much user data', nodes: nodesOf(300), pageCount: 3 },
    { name: 'many quotes', nodes: nodesOf(300, '"'.repeat(1024)), pageCount: 3 },
  ])('is cut into pages that have every node once: $name', async ({ nodes, pageCount }) => {
    const pages = await pagesOf(anApi({ service: new FakeNodeService(...nodes) }).send);

    expect(pages).toHaveLength(pageCount);
    expect(idsIn(pages)).toEqual(nodes.map(({ id }) => id));
  });

  it('is one page without a nextToken if it fits', async () => {
    const nodes = nodesOf(100);
    const [page, ...others] = await pagesOf(anApi({ service: new FakeNodeService(...nodes) }).send);

    expect(others).toEqual([]);
    expect(page).not.toHaveProperty('nextToken');
    expect(page.count).toBe(100);
  });

  it.each([
    { count: 5, limit: 2, sizes: [2, 2, 1] },
    { count: 4, limit: 2, sizes: [2, 2] },
    { count: 1, limit: 1, sizes: [1] },
    { count: 0, limit: 1, sizes: [0] },
  ])('has pages of the requested size: $count nodes, $limit in a page', async ({ count, limit, sizes }) => {
    const service = createNodeService(new InMemoryPorts(...nodesOf(count)));
    const pages = await pagesOf(anApi({ service }).send, `limit=${limit}`);

    expect(pages.map((page) => page.count)).toEqual(sizes);
    expect(idsIn(pages)).toHaveLength(count);
  });

  it('leaves out nodes that are being deleted, and has no empty page', async () => {
    const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
    const nodes = nodesOf(4).map((node, index) => ([1, 3].includes(index) ? { ...node, deletion } : node));
    const service = createNodeService(new InMemoryPorts(...nodes));
    const pages = await pagesOf(anApi({ service }).send, 'limit=1');

    expect(idsIn(pages)).toEqual([idOf(0), idOf(2)]);
    expect(pages).toHaveLength(2);
  });

  it('continues after a node that was deleted meanwhile', async () => {
    const [first, second, third] = nodesOf(3);
    const service = createNodeService(new InMemoryPorts(first!, third!));
    const { body } = await anApi({ service }).send({ method: 'GET', path: NODES, query: `nextToken=${second!.id}` });

    expect(body.response.items).toMatchObject([{ id: third!.id }]);
  });

  it('is read from the table in pages, after any id', async () => {
    const name = 'nodes';
    const keys = ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
    const keySchema = keys.map(({ AttributeName }, index) => ({
      AttributeName,
      KeyType: index === 0 ? ('HASH' as const) : ('RANGE' as const),
    }));
    const table = { logicalId: 'Table', name, keySchema, attributeDefinitions: keys };
    const dynamoDb = await openDynamoDb(new VirtualClock(0), [table]);
    const nodes = nodeRecords({ dynamodb: dynamoDb.client, tableName: name }, async () => undefined);
    const made = nodesOf(60);
    for (const node of made) await nodes.create(node);

    const found: StatefulNode[] = [];
    for await (const node of nodes.listFrom(idOf(20))) found.push(node);
    await dynamoDb.close();
    expect(found).toEqual(made.slice(21));
  });
});

describe('The log of a node', () => {
  /** A log of long entries. Its nextToken names the next entry: entry n was created n milliseconds after 1970. */
  class LongLog extends FakeNodeService {
    readonly limits: number[] = [];
    readonly entries = Array.from({ length: 1000 }, (_, index): LogEntry => ({
      createdAt: new Date(index).toISOString(),
      severity: 'WARN' as const,
      message: `${index} ${'"'.repeat(8_000)}`,
    }));
    override readonly log = async (_nodeId: string, { limit, nextToken }: LogQuery): Promise<LogPage> => {
      this.limits.push(limit);
      const from = nextToken === undefined ? 0 : Date.parse(nextToken.replace(/#.*/, ''));
      const next = this.entries[from + limit];
      return { entries: this.entries.slice(from, from + limit), nextToken: next && `${next.createdAt}#0a1b2c` };
    };
  }

  it('is cut if its entries are too long for one response', async () => {
    const service = new LongLog();
    const { send } = anApi({ service });
    const seen: string[] = [];
    let query = 'limit=1000';
    for (;;) {
      const answer = await send({ method: 'GET', path: `${NODE}/log`, query });
      expect(bytesOnTheWay({ ...answer, body: JSON.stringify(answer.body) })).toBeLessThan(RESPONSE_MAX_BYTES);
      const { items, nextToken } = answer.body.response;
      seen.push(...items.map(({ message }: LogEntry) => message));
      if (nextToken === undefined) break;
      query = `limit=1000&nextToken=${encodeURIComponent(nextToken)}`;
    }

    expect(seen).toEqual(service.entries.map(({ message }) => message));
    expect(service.limits.length).toBeGreaterThan(2);
  });

  it('is read once if the entries fit', async () => {
    const service = new FakeNodeService();
    await anApi({ service }).send({ method: 'GET', path: `${NODE}/log` });

    expect(service.calls).toEqual([['log', NODE_ID, { limit: 100 }]]);
  });
});

describe('The errors of a request', () => {
  it('are cut after 100, and the last one gives the number of the others', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [index, 1]));
    const answer = await anApi().send({ method: 'DELETE', path: NODE, body: unknown });
    const { errors } = answer.body.response;

    expect(answer.status).toBe(400);
    expect(errors).toHaveLength(101);
    expect(errors[100].message).toBe('is invalid too, and so are 99899 others: correct the errors above first');
    expect(bytesOnTheWay({ ...answer, body: JSON.stringify(answer.body) })).toBeLessThan(RESPONSE_MAX_BYTES);
  });

  it('are complete up to 100', () => {
    const fieldErrors = Array.from({ length: 100 }, (_, index) => ({
      field: `field-${index}`,
      message: 'is required',
    }));

    expect(new InvalidRequest(fieldErrors).fieldErrors).toEqual(fieldErrors);
  });
});
