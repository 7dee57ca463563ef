/** The list for pages over HTTP. */
import { aConfig, aNode, NODE_ID, NOW } from '../../domain/builders';
import { InMemoryPorts } from '../in-memory-ports';
import { createNodeService } from '../../../lambdas/api/create-node-service';
import { anApi, FakeNodeService } from './requests';

const list = { method: 'GET', path: '/holdfast/nodes' };
const nodeNamed = (id: string, name: string) => aNode({ id, config: { ...aConfig(), name } });
const overPorts = (...nodes: readonly ReturnType<typeof aNode>[]) =>
  anApi({ service: createNodeService(new InMemoryPorts(...nodes)) });

interface Listed {
  readonly response: { readonly items: readonly Record<string, unknown>[]; readonly nextToken?: string };
}

it('has every field of a node but its tags, and null for what it does not have', async () => {
  const { status, headers, body } = await anApi().send(list);

  expect(status).toBe(200);
  expect(headers.etag).toBe('W/"the-tag"');
  expect(body.response).toMatchObject({ kind: 'holdfast:node', count: 1 });
  expect(body.response.items).toEqual([
    {
      id: NODE_ID,
      name: 'ledger',
      status: 'ACTIVE',
      errorReason: null,
      errorName: null,
      nextTryAt: null,
      operation: null,
      instanceId: 'i-0000000000000001d',
      instanceType: 'm7g.large',
      lifeCycle: 'spot',
      availabilityZone: 'eu-west-1a',
      launchedAt: '2026-11-01T08:00:00.000Z',
      networkInterfaceId: 'eni-00000000000000001',
      privateIp: '10.0.0.10',
      ipv6Address: null,
      publicIp: null,
      lastReplacement: null,
      createdAt: aNode().createdAt,
      updatedAt: aNode().updatedAt,
    },
  ]);
});

it('has only the named fields, and how long the address was away', async () => {
  const lastReplacement = { at: NOW, awayFrom: '2026-11-03T09:59:00.000Z', awayTo: '2026-11-03T09:59:42.400Z' };
  const service = new FakeNodeService(aNode({ lastReplacement }));
  const { body } = await anApi({ service }).send({ ...list, query: 'fields=lastReplacement,name' });

  expect(body.response.items).toEqual([{ name: 'ledger', lastReplacement: { ...lastReplacement, awaySeconds: 42.4 } }]);
});

it.each([
  { query: 'fields=id,colour,config', field: 'fields', message: /"colour" is not a field of this list/ },
  { query: 'sort=status', field: 'sort', message: /id.*name/ },
  { query: 'limit=0', field: 'limit', message: /./ },
  { query: 'limit=1001', field: 'limit', message: /./ },
  { query: 'nextToken=smi-0a1b2c3d', field: 'nextToken', message: /^must be the nextToken of a response$/ },
  { query: 'colour=red', field: 'colour', message: /is not a parameter of this request/ },
])('refuses $query and names it', async ({ query, field, message }) => {
  const { service, send } = anApi();
  const { status, body } = await send({ ...list, query });

  expect(status).toBe(400);
  expect(body.response.errors).toContainEqual({
    code: 'VALIDATION_ERROR',
    field,
    message: expect.stringMatching(message) as string,
  });
  expect(service.calls).toEqual([]);
});

describe.each([
  { sort: 'id', names: ['b', 'A', 'c', 'a'] },
  { sort: 'name', names: ['a', 'A', 'b', 'c'] },
])('sorted by $sort', ({ sort, names }) => {
  const nodes = ['b', 'A', 'c', 'a'].map((name, index) => nodeNamed(`smi-0000000${index}`, name));
  const expected = sort === 'name' ? ['A', 'a', 'b', 'c'] : names;

  it('comes in pages with every node once', async () => {
    const { send } = overPorts(...nodes);
    const found: unknown[] = [];
    let token = '';
    for (let page = 0; page < 4; page += 1) {
      const query = `sort=${sort}&limit=1&fields=name${token}`;
      const { response } = (await send({ ...list, query })).body as Listed;
      found.push(...response.items.map(({ name }) => name));
      token = `&nextToken=${response.nextToken}`;
      expect(response.nextToken === undefined).toBe(page === 3);
    }

    expect(found).toEqual(expected);
  });

  it('refuses the token of a list in another order', async () => {
    const { send } = overPorts(...nodes);
    const { response } = (await send({ ...list, query: `sort=${sort}&limit=1` })).body as Listed;
    const other = sort === 'id' ? 'name' : 'id';
    const { status, body } = await send({ ...list, query: `sort=${other}&nextToken=${response.nextToken}` });

    expect(status).toBe(400);
    expect(body.response.errors).toMatchObject([{ field: 'nextToken' }]);
  });
});

it('has tags if they are named, also those that only the record has', async () => {
  const tags = Array.from({ length: 20 }, (_, index) => ({ tagKey: `key-${index}`, tagValue: 'x'.repeat(100) }));
  const few = [{ tagKey: 'team', tagValue: 'billing' }];
  const withTags = (id: string, given: typeof tags) =>
    aNode({ id, config: aConfig({ launchSpecification: { tags: given } }) });
  const { send } = overPorts(withTags('smi-00000001', tags), withTags('smi-00000002', few), aNode());
  const { response } = (await send({ ...list, query: 'fields=tags' })).body as Listed;

  expect(response.items).toEqual([{ tags }, { tags: few }, { tags: [] }]);
});

describe('A request with If-None-Match', () => {
  it('gets 304 without a read of the list while nothing has changed', async () => {
    const { service, send } = anApi();
    const response = await send({ ...list, headers: { 'If-None-Match': '"the-tag"' } });

    expect(response).toMatchObject({ status: 304, body: undefined, headers: { etag: 'W/"the-tag"' } });
    expect(service.calls).toEqual([['listTag']]);
  });

  it.each(['another', undefined])('gets the list if the tag is now %s', async (tag) => {
    const { service, send } = anApi();
    service.tagOfList = tag;
    const { status, headers } = await send({ ...list, headers: { 'If-None-Match': 'W/"the-tag"' } });

    // The tag is the one of the list that was read.
    expect({ status, etag: headers.etag }).toEqual({ status: 200, etag: 'W/"the-tag"' });
  });
});
