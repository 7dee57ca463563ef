/** Entity tags: the response to a client that polls has no body until something has changed. */
import { bearerAuthentication } from '../../../lambdas/api/authentication';
import { entityTagOf, hasTag } from '../../../lambdas/api/entity-tag';
import { routes } from '../../../lambdas/api/routes';
import { aConfig, aNode, NODE_ID } from '../../domain/builders';
import { anApi, FakeNodeService, MISSING_ID, NODE, NODES, OTHER_ID } from './requests';

const tag = 'W/"a1"';

describe('If-None-Match', () => {
  it.each([
    { header: 'W/"a1"', matches: true },
    { header: '"a1"', matches: true },
    { header: 'W/"b2", "c,3" ,W/"a1"', matches: true },
    { header: ' * ', matches: true },
    { header: undefined, matches: false },
    { header: '', matches: false },
    { header: 'W/"a12"', matches: false },
    { header: 'a1', matches: false },
    { header: '"*"', matches: false },
    { header: '"b2", "W/a1"', matches: false },
  ])('$header matches: $matches', ({ header, matches }) => {
    expect(hasTag(header, tag)).toBe(matches);
  });
});

test('a tag is weak, and differs for different content', () => {
  expect(entityTagOf({ count: 1 })).toMatch(/^W\/"[\w-]{43}"$/);
  expect(entityTagOf({ count: 1 })).toBe(entityTagOf({ count: 1 }));
  expect(entityTagOf({ count: 1 })).not.toBe(entityTagOf({ count: 2 }));
});

const paths = [NODES, NODE, `${NODE}/status`];

/** Returns the tag of a response, after a check that it has one. */
async function tagOf(send: ReturnType<typeof anApi>['send'], path: string, query = ''): Promise<string> {
  const { headers } = await send({ method: 'GET', path, query });
  expect(headers.etag).toBeDefined();
  return headers.etag ?? '';
}

describe.each(paths)('GET %s', (path) => {
  const get = { method: 'GET', path };

  it('returns 304 without a body to a client that has the response', async () => {
    const { send, logged } = anApi();
    const etag = await tagOf(send, path);
    const answer = await send({ ...get, headers: { 'If-None-Match': etag } });

    expect(answer).toEqual({
      status: 304,
      headers: { etag, 'cache-control': 'no-store', vary: 'accept-encoding' },
      body: undefined,
    });
    expect(logged).toMatchObject([{ status: 200 }, { status: 304 }]);
  });

  it('returns the response and a new tag after a change', async () => {
    const service = new FakeNodeService();
    const { send } = anApi({ service });
    const etag = await tagOf(send, path);
    service.nodes.set(NODE_ID, aNode({ config: { ...aConfig(), name: 'other' } }));
    const { status, headers, body } = await send({ ...get, headers: { 'If-None-Match': etag } });

    expect(status).toBe(200);
    expect(headers.etag).not.toBe(etag);
    expect(body.response.items).toMatchObject([{ name: 'other' }]);
  });

  it('returns an error without a tag, whatever tag the client has', async () => {
    const { send } = anApi();
    const query = path === NODES ? 'limit=0' : '';
    const missing = path.replace(NODE_ID, MISSING_ID);
    const answer = await send({ method: 'GET', path: missing, query, headers: { 'if-none-match': '*' } });

    expect(answer.status).toBe(400);
    expect(answer.headers).not.toHaveProperty('etag');
  });
});

test('the status has a new tag when the instance changes, and the configuration keeps its tag', async () => {
  const service = new FakeNodeService();
  const { send } = anApi({ service });
  const before = [await tagOf(send, NODE), await tagOf(send, `${NODE}/status`)];
  service.nodes.set(NODE_ID, aNode({ instance: undefined }));

  expect(await tagOf(send, NODE)).toBe(before[0]);
  expect(await tagOf(send, `${NODE}/status`)).not.toBe(before[1]);
});

test('the tag of a page changes when more nodes follow, and depends on the fields', async () => {
  const service = new FakeNodeService();
  const { send } = anApi({ service });
  const [alone, ids] = [await tagOf(send, NODES, 'limit=1'), await tagOf(send, NODES, 'limit=1&fields=id')];
  expect(ids).not.toBe(alone);
  service.nodes.set(OTHER_ID, aNode({ id: OTHER_ID }));

  expect(await tagOf(send, NODES, 'limit=1')).not.toBe(alone);
});

test('a request without a valid token gets 401, not 304', async () => {
  const authenticate = bearerAuthentication({ current: async () => ['one'] });
  const answer = await anApi({ authenticate }).send({ method: 'GET', path: NODE, headers: { 'if-none-match': '*' } });

  expect(answer.status).toBe(401);
  expect(answer.headers).not.toHaveProperty('etag');
});

test('only reads of nodes have a tag', async () => {
  const tagged = routes.filter(({ isTagged }) => isTagged === true);
  expect(tagged.map(({ method, path }) => `${method} ${path}`)).toEqual([
    ...paths.map((path) => `GET ${path.replace(NODE_ID, '{id}')}`),
    // It has a tag of its own: see the tests of its route.
    'GET /holdfast/nodes',
  ]);
  const { status, headers } = await anApi().send({
    method: 'GET',
    path: `${NODE}/log`,
    headers: { 'if-none-match': '*' },
  });
  expect(status).toBe(200);
  expect(headers).not.toHaveProperty('etag');
});
