import fc from 'fast-check';
import { completed } from '../../../domain/config/complete-config';
import type { Intent } from '../../../domain/node/stateful-node';
import { envelopeSchema, errorEnvelopeSchema } from '../../../lambdas/api/envelope';
import { entityTagOf } from '../../../lambdas/api/entity-tag';
import { routes } from '../../../lambdas/api/routes';
import { aBusyNode, aConfig, aNode, NODE_ID, NOW, OLD_INSTANCE_ID } from '../../domain/builders';
import {
  anApi,
  anEvent,
  FakeNodeService,
  MISSING_ID,
  NODE,
  NODES,
  OTHER_ID,
  REQUEST_ID,
  type HttpRequest,
} from './requests';

const KIND = 'spotinst:aws:ec2:managedInstance';
const { createdAt, updatedAt } = aNode();
const nodeItem = { ...aConfig(), id: NODE_ID, createdAt, updatedAt };
const listedItem = { ...nodeItem, config: aConfig() };
const logQuery = { limit: 100 };
const toDelete = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false, shouldDeleteVolumes: false };

interface Served extends HttpRequest {
  readonly name: string;
  readonly asks: unknown[];
  readonly kind?: string;
  readonly items?: unknown[];
  readonly isTagged?: boolean;
}

const served: readonly Served[] = [
  {
    name: 'create a node',
    method: 'POST',
    path: NODES,
    body: { managedInstance: aConfig() },
    asks: ['create', aConfig()],
    items: [nodeItem],
  },
  { name: 'list all nodes', method: 'GET', path: NODES, asks: ['list'], items: [listedItem], isTagged: true },
  {
    name: 'list the nodes after another',
    method: 'GET',
    path: NODES,
    query: 'limit=7&nextToken=smi-00000000',
    asks: ['list', 'smi-00000000'],
    items: [listedItem],
    isTagged: true,
  },
  {
    name: 'list a few fields of all nodes',
    method: 'GET',
    path: NODES,
    query: 'fields=name,status,compute.vpcId',
    asks: ['list'],
    items: [{ name: 'ledger', status: 'ACTIVE', compute: { vpcId: aConfig().compute.vpcId } }],
    isTagged: true,
  },
  { name: 'read a node', method: 'GET', path: NODE, asks: ['get', NODE_ID], items: [nodeItem], isTagged: true },
  {
    name: 'update a node, with a null',
    method: 'PUT',
    path: NODE,
    body: { managedInstance: { name: 'other', description: null } },
    asks: ['update', NODE_ID, { name: 'other', description: null }],
    items: [nodeItem],
  },
  {
    name: 'update a node and its tags',
    method: 'PUT',
    path: NODE,
    query: 'autoApplyTags=true',
    body: { managedInstance: {} },
    asks: ['update', NODE_ID, {}],
    items: [nodeItem],
  },
  { name: 'delete a node, with no body', method: 'DELETE', path: NODE, asks: ['delete', NODE_ID, toDelete] },
  {
    name: 'delete a node, with an empty body',
    method: 'DELETE',
    path: NODE,
    body: {},
    asks: ['delete', NODE_ID, toDelete],
  },
  {
    name: 'delete a node, with a null',
    method: 'DELETE',
    path: NODE,
    body: 'null',
    asks: ['delete', NODE_ID, toDelete],
  },
  {
    name: 'delete a node, with every flag unset',
    method: 'DELETE',
    path: NODE,
    body: {
      deallocationConfig: { shouldTerminateInstance: null, shouldDeleteNetworkInterfaces: null },
      amiBackup: null,
    },
    asks: ['delete', NODE_ID, toDelete],
  },
  {
    name: 'delete a node, with every flag set',
    method: 'DELETE',
    path: NODE,
    body: {
      deallocationConfig: {
        shouldTerminateInstance: false,
        shouldDeleteNetworkInterfaces: true,
        shouldDeleteVolumes: true,
        shouldDeleteSnapshots: true,
        shouldDeleteImages: true,
      },
      amiBackup: { shouldDeleteImages: true },
    },
    asks: [
      'delete',
      NODE_ID,
      { shouldTerminateInstance: false, shouldDeleteNetworkInterfaces: true, shouldDeleteVolumes: true },
    ],
  },
  {
    name: 'delete a node, with times to live, whatever the flags say',
    method: 'DELETE',
    path: NODE,
    body: {
      deallocationConfig: {
        shouldDeleteNetworkInterfaces: true,
        shouldDeleteVolumes: false,
        networkInterfaces: { ttlInHours: 96 },
        volumes: { ttlInHours: 1 },
      },
    },
    asks: ['delete', NODE_ID, { ...toDelete, interfacesTtlHours: 96, volumesTtlHours: 1 }],
  },
  {
    name: 'delete a node, with times to live that are unset',
    method: 'DELETE',
    path: NODE,
    body: { deallocationConfig: { networkInterfaces: null, volumes: { ttlInHours: null } } },
    asks: ['delete', NODE_ID, toDelete],
  },
  { name: 'pause a node', method: 'PUT', path: `${NODE}/pause`, asks: ['act', NODE_ID, 'pause'] },
  { name: 'resume a node', method: 'PUT', path: `${NODE}/resume`, asks: ['act', NODE_ID, 'resume'] },
  { name: 'recycle a node', method: 'PUT', path: `${NODE}/recycle`, asks: ['act', NODE_ID, 'recycle'] },
  {
    name: 'pause with a body, which is ignored',
    method: 'PUT',
    path: `${NODE}/pause`,
    body: '{',
    asks: ['act', NODE_ID, 'pause'],
  },
  {
    name: 'read the status of a node',
    method: 'GET',
    path: `${NODE}/status`,
    asks: ['get', NODE_ID],
    isTagged: true,
    kind: `${KIND}Status`,
    items: [
      {
        id: NODE_ID,
        name: 'ledger',
        status: 'ACTIVE',
        errorReason: null,
        nextTryAt: null,
        operation: null,
        isUpdatePending: false,
        waitsForLaunch: [],
        instanceId: OLD_INSTANCE_ID,
        instanceType: 'm7g.large',
        lifeCycle: 'spot',
        imageId: 'ami-0123456789abcdef0',
        networkInterfaceId: 'eni-00000000000000001',
        macAddress: '02:00:00:00:00:01',
        privateIp: '10.0.0.10',
        publicIp: null,
        ipv6Address: null,
        availabilityZone: 'eu-west-1a',
        lastReplacement: null,
        createdAt: '2026-10-01T08:00:00.000Z',
        launchedAt: '2026-11-01T08:00:00.000Z',
      },
    ],
  },
  {
    name: 'read the log',
    method: 'GET',
    path: `${NODE}/log`,
    asks: ['log', NODE_ID, logQuery],
    kind: `${KIND}:log`,
    items: [{ createdAt: NOW, severity: 'INFO', message: 'created' }],
  },
  {
    name: 'read the log between two times in any time zone',
    method: 'GET',
    path: `${NODE}/log`,
    query:
      'fromDate=2026-11-03T10:00:00%2B02:00&toDate=2026-11-03T10:00:00Z&severity=WARN&limit=7&nextToken=2026-11-03T08:00:00.000Z%230a1b2c',
    asks: [
      'log',
      NODE_ID,
      {
        fromDate: '2026-11-03T08:00:00.000Z',
        toDate: '2026-11-03T10:00:00.000Z',
        severity: 'WARN',
        limit: 7,
        nextToken: '2026-11-03T08:00:00.000Z#0a1b2c',
      },
    ],
    kind: `${KIND}:log`,
    items: [{ createdAt: NOW, severity: 'INFO', message: 'created' }],
  },
  {
    name: 'read the log of whole days',
    method: 'GET',
    path: `${NODE}/log`,
    query: 'fromDate=2026-11-03&toDate=2026-11-03',
    asks: ['log', NODE_ID, { ...logQuery, fromDate: '2026-11-03T00:00:00.000Z', toDate: '2026-11-03T23:59:59.999Z' }],
    kind: `${KIND}:log`,
    items: [{ createdAt: NOW, severity: 'INFO', message: 'created' }],
  },
  {
    name: 'pause and resume in bulk',
    method: 'PUT',
    path: `${NODES}/state`,
    body: {
      managedInstanceStates: [
        { id: NODE_ID, state: 'PAUSE' },
        { id: OTHER_ID, state: 'RESUME' },
      ],
    },
    asks: [
      'actInBulk',
      [
        { id: NODE_ID, action: 'pause' },
        { id: OTHER_ID, action: 'resume' },
      ],
    ],
  },
  {
    name: 'read a node by a path with a trailing slash',
    method: 'GET',
    path: `${NODE}/`,
    asks: ['get', NODE_ID],
    items: [nodeItem],
    isTagged: true,
  },
  {
    name: 'name an account, which is ignored',
    method: 'GET',
    path: NODES,
    query: 'accountId=act-1',
    asks: ['list'],
    items: [listedItem],
    isTagged: true,
  },
];

describe('A request that is served', () => {
  it.each(served)('$name', async ({ asks, kind = KIND, items = [], isTagged, ...request }) => {
    const { service, send } = anApi();
    const { status, headers, body } = await send(request);

    expect(body.response).toEqual({
      status: { code: 200, message: 'OK' },
      kind,
      items,
      count: items.length,
      ...(kind.endsWith(':log') && { nextToken: '2026-11-03T08:00:00.000Z#0a1b2c' }),
    });
    expect(status).toBe(200);
    expect(body.request).toEqual({ id: REQUEST_ID, url: request.path, method: request.method, timestamp: NOW });
    expect(headers).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      vary: 'accept-encoding',
      ...(isTagged === true && { etag: entityTagOf(body.response) }),
    });
    expect(service.calls).toEqual([asks]);
  });

  it('may have any content type, and a body in base64', async () => {
    const { service, send } = anApi();
    const event = anEvent({ method: 'POST', path: NODES, headers: { 'Content-Type': 'text/plain' } });
    const body = Buffer.from(JSON.stringify({ managedInstance: { name: 'Zürich' } })).toString('base64');

    await expect(send({ ...event, body, isBase64Encoded: true })).resolves.toMatchObject({ status: 200 });
    expect(service.calls).toEqual([['create', { name: 'Zürich' }]]);
  });

  it('returns an empty list if there are no nodes', async () => {
    const service = new FakeNodeService();
    service.nodes.clear();

    const { body } = await anApi({ service }).send({ method: 'GET', path: NODES });
    expect(body.response).toMatchObject({ kind: KIND, items: [], count: 0 });
  });

  it('lists each configuration beside the id and under config, with its lists in their order', async () => {
    const config = aConfig({
      compute: { subnetIds: ['subnet-00c', 'subnet-00a', 'subnet-00b'] },
      launchSpecification: { instanceTypes: { types: ['m7g.large', 'c7g.large', 'm6g.large'] } },
    });
    const service = new FakeNodeService(aNode({ config }));

    const { body } = await anApi({ service }).send({ method: 'GET', path: NODES });
    const [{ id, createdAt: madeAt, updatedAt: changedAt, config: nested, ...flat }] = body.response.items;
    expect({ id, madeAt, changedAt }).toEqual({ id: NODE_ID, madeAt: createdAt, changedAt: updatedAt });
    expect(nested).toEqual(config);
    expect(flat).toEqual(config);
  });

  it('returns nothing that was not sent, in the list neither', async () => {
    const { region: _region, compute, ...others } = aConfig();
    const { securityGroupIds: _groups, ...specification } = compute.launchSpecification;
    const launchSpecification = { ...specification, instanceTypes: { preferredType: 'm7g.large' } };
    const sent = { ...others, compute: { ...compute, launchSpecification } };
    const complete = completed(sent, { region: 'eu-west-1', securityGroupIds: ['sg-001'] });
    const { send } = anApi({ service: new FakeNodeService(aNode(complete)) });

    const own = { id: NODE_ID, createdAt, updatedAt };
    for (const request of [{ method: 'GET' }, { method: 'PUT', body: { managedInstance: {} } }]) {
      const { body } = await send({ ...request, path: NODE });
      expect(body.response.items).toEqual([{ ...sent, ...own }]);
    }
    const { body } = await send({ method: 'GET', path: NODES });
    expect(body.response.items).toEqual([{ ...sent, ...own, config: sent }]);
  });

  it('returns the operation under way, and why a node is in ERROR', async () => {
    const node = aBusyNode({ status: 'ERROR', errorReason: 'NoCapacity: nothing left', instance: undefined });
    const service = new FakeNodeService(node);

    const { body } = await anApi({ service }).send({ method: 'GET', path: `${NODE}/status` });
    expect(body.response.items[0]).toMatchObject({
      status: 'ERROR',
      errorReason: 'NoCapacity: nothing left',
      instanceId: null,
      launchedAt: null,
      privateIp: '10.0.0.10',
      operation: { kind: 'replace', startedAt: NOW, reason: 'spot interruption warning (terminate)' },
    });
    expect(Object.keys(body.response.items[0].operation).sort()).toEqual(['kind', 'reason', 'startedAt']);
  });

  it('returns the status of a user intent before its operation has begun', async () => {
    const userIntent: Intent = { kind: 'pause', reason: 'pause requested', requestedAt: NOW };
    const service = new FakeNodeService(aNode({ intents: [userIntent] }));

    const { body } = await anApi({ service }).send({ method: 'GET', path: `${NODE}/status` });
    expect(body.response.items[0]).toMatchObject({ status: 'PAUSING', operation: null });
  });

  it('checks that the API responds', async () => {
    const { body } = await anApi().send({ method: 'GET', path: '/health' });
    expect(body.response).toMatchObject({ status: { code: 200 }, items: [{ status: 'ok' }] });
  });

  it('returns what the schema of its route describes', async () => {
    for (const request of served) {
      const { body } = await anApi().send(request);
      const path = request.path.replace(/\/$/, '').replace(NODE_ID, '{id}');
      const route = routes.find((candidate) => candidate.method === request.method && candidate.path === path);
      expect(route).toBeDefined();
      envelopeSchema(route?.answer as { kind: string }).parse(body);
    }
  });

  it('is tested here for every route that has no tests of its own', () => {
    const tested = new Set(
      served.map(({ method, path }) => `${method} ${path.replace(/\/$/, '').replace(NODE_ID, '{id}')}`),
    );
    const declared = routes.map(({ method, path }) => `${method} ${path}`);
    const hasOwnTests =
      /(\/health|\/openapi\.json|\/costs|\/metrics|\/operations|\/replacements|\/stateVisits|\/volume\/.*|\/resources|\/resources\/.*|\/migration.*|\/holdfast\/.*)$/;
    expect(declared.filter((route) => !tested.has(route) && !hasOwnTests.test(route))).toEqual([]);
  });
});

const missing = (field: string) => [
  { code: 'MANAGED_INSTANCE_DOESNT_EXIST', field, message: expect.any(String) as string },
];
const invalid = (...fields: string[]) =>
  fields.map((field) => ({ code: 'VALIDATION_ERROR', field, message: expect.any(String) as string }));
const because = (code: string) => [{ code, message: expect.any(String) as string }];
const states = (...managedInstanceStates: unknown[]) => ({ managedInstanceStates });

interface Refused extends HttpRequest {
  readonly name: string;
  readonly status?: number;
  readonly errors: readonly unknown[];
}

const onMissingNode: readonly Refused[] = [
  { method: 'GET', suffix: '' },
  { method: 'PUT', suffix: '', body: { managedInstance: {} } },
  { method: 'DELETE', suffix: '' },
  { method: 'PUT', suffix: '/pause' },
  { method: 'PUT', suffix: '/resume' },
  { method: 'PUT', suffix: '/recycle' },
  { method: 'GET', suffix: '/status' },
  { method: 'GET', suffix: '/log' },
].flatMap(({ suffix, ...request }) =>
  [MISSING_ID, 'smi-1', 'i-0a1b2c3d', '%2e%2e', 'NODE'].map((id) => ({
    ...request,
    name: `${request.method} ${suffix} of ${id}, which does not exist`,
    path: `${NODES}/${id}${suffix}`,
    errors: missing('id'),
  })),
);

const refused: readonly Refused[] = [
  ...onMissingNode,
  { name: 'an unknown path', method: 'GET', path: '/', status: 404, errors: because('NOT_FOUND') },
  {
    name: 'a path below the known ones',
    method: 'GET',
    path: `${NODE}/status/x`,
    status: 404,
    errors: because('NOT_FOUND'),
  },
  {
    name: 'a path with an empty id',
    method: 'GET',
    path: `${NODES}//status`,
    status: 404,
    errors: because('NOT_FOUND'),
  },
  { name: 'an unsupported method', method: 'PATCH', path: NODE, errors: because('METHOD_NOT_ALLOWED') },
  {
    name: "a static path with a node path's method",
    method: 'GET',
    path: `${NODES}/state`,
    errors: because('METHOD_NOT_ALLOWED'),
  },
  { name: 'deleting all nodes', method: 'DELETE', path: NODES, errors: because('METHOD_NOT_ALLOWED') },
  { name: 'no body', method: 'POST', path: NODES, errors: invalid('body') },
  { name: 'a blank body', method: 'POST', path: NODES, body: ' ', errors: invalid('body') },
  {
    name: 'a truncated body',
    method: 'POST',
    path: NODES,
    body: '{"managedInstance":',
    errors: because('MALFORMED_BODY'),
  },
  { name: 'a body that is a list', method: 'PUT', path: NODE, body: [], errors: invalid('body') },
  {
    name: 'a body that is nested too deeply',
    method: 'POST',
    path: NODES,
    body: `{"managedInstance":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
    errors: because('MALFORMED_BODY'),
  },
  {
    name: 'a body that is too large',
    method: 'POST',
    path: NODES,
    body: `"${'ü'.repeat(524_288)}"`,
    errors: because('BODY_TOO_LARGE'),
  },
  {
    name: 'a document without its wrapper',
    method: 'POST',
    path: NODES,
    body: { name: 'a' },
    errors: invalid('managedInstance', 'name'),
  },
  {
    name: 'a document that is a list',
    method: 'POST',
    path: NODES,
    body: { managedInstance: [] },
    errors: invalid('managedInstance'),
  },
  {
    name: 'a patch that is null',
    method: 'PUT',
    path: NODE,
    body: { managedInstance: null },
    errors: invalid('managedInstance'),
  },
  {
    name: 'a flag that is a string',
    method: 'DELETE',
    path: NODE,
    body: { deallocationConfig: { shouldTerminateInstance: 'no' } },
    errors: invalid('deallocationConfig.shouldTerminateInstance'),
  },
  {
    name: 'an unknown flag',
    method: 'DELETE',
    path: NODE,
    body: { deallocationConfig: { force: true } },
    errors: invalid('deallocationConfig.force'),
  },
  {
    name: 'autoApplyTags=false',
    method: 'PUT',
    path: NODE,
    query: 'autoApplyTags=false',
    body: { managedInstance: {} },
    errors: invalid('autoApplyTags'),
  },
  {
    name: "an unknown parameter of one of Holdfast's own paths",
    method: 'GET',
    path: '/holdfast/deployment',
    query: 'page=2',
    errors: invalid('page'),
  },
  {
    name: 'several errors of query and body',
    method: 'PUT',
    path: NODE,
    query: 'autoApplyTags=no&page=2',
    body: {},
    errors: invalid('autoApplyTags', 'managedInstance'),
  },
  {
    name: 'several errors of a query',
    method: 'GET',
    path: `${NODE}/log`,
    query: 'fromDate=yesterday&toDate=2026-02-30&severity=info&limit=0&nextToken=',
    errors: invalid('fromDate', 'toDate', 'severity', 'limit', 'nextToken'),
  },
  {
    name: 'an invalid page of the list',
    method: 'GET',
    path: NODES,
    query: 'limit=1001&nextToken=smi-1&from=2',
    errors: invalid('limit', 'nextToken'),
  },
  {
    name: 'a limit that is not an integer',
    method: 'GET',
    path: `${NODE}/log`,
    query: 'limit=1e3',
    errors: invalid('limit'),
  },
  {
    name: 'a limit that is too large',
    method: 'GET',
    path: `${NODE}/log`,
    query: 'limit=1001',
    errors: invalid('limit'),
  },
  {
    name: 'a time before the year 0 in UTC',
    method: 'GET',
    path: `${NODE}/log`,
    query: 'fromDate=0000-01-01T00:00:00%2B01:00',
    errors: invalid('fromDate'),
  },
  {
    name: 'an end before the start',
    method: 'GET',
    path: `${NODE}/log`,
    query: 'fromDate=2026-11-04&toDate=2026-11-03',
    errors: invalid('toDate'),
  },
  {
    name: 'no states',
    method: 'PUT',
    path: `${NODES}/state`,
    body: states(),
    errors: invalid('managedInstanceStates'),
  },
  {
    name: 'an unknown state',
    method: 'PUT',
    path: `${NODES}/state`,
    body: states({ id: NODE_ID, state: 'RECYCLE' }),
    errors: invalid('managedInstanceStates.0.state'),
  },
  {
    name: 'two states of one node',
    method: 'PUT',
    path: `${NODES}/state`,
    body: states({ id: NODE_ID, state: 'PAUSE' }, { id: NODE_ID, state: 'RESUME' }),
    errors: invalid('managedInstanceStates'),
  },
  {
    name: 'more states than a request may have',
    method: 'PUT',
    path: `${NODES}/state`,
    body: states(...Array.from({ length: 101 }, (_, index) => ({ id: `smi-${index}`, state: 'PAUSE' }))),
    errors: invalid('managedInstanceStates'),
  },
  {
    name: 'states of nodes, some of which do not exist',
    method: 'PUT',
    path: `${NODES}/state`,
    body: states({ id: 'smi-1', state: 'PAUSE' }, { id: NODE_ID, state: 'PAUSE' }, { id: MISSING_ID, state: 'RESUME' }),
    errors: [...missing('managedInstanceStates.0.id'), ...missing('managedInstanceStates.2.id')],
  },
];

describe('An unknown query parameter', () => {
  const paths = routes.filter(({ path }) => path.startsWith(NODES));
  const ofMigration = 'smg-0a1b2c3d';
  const bodies: Readonly<Record<string, unknown>> = {
    createNode: { managedInstance: aConfig() },
    updateNode: { managedInstance: {} },
    changeStates: states({ id: NODE_ID, state: 'PAUSE' }),
    importInstance: { migration: { originalInstanceId: 'i-0123456789abcdef1', region: 'eu-west-1' } },
    importInstances: { migrations: [{ originalInstanceId: 'i-0123456789abcdef1', region: 'eu-west-1' }] },
    findImports: { migrationIds: [ofMigration] },
  };

  it.each(paths)('is ignored: $method $path', async ({ method, path: template, operationId }) => {
    const path = template
      .replace('{id}', NODE_ID)
      .replace('{volumeId}', 'vol-0123456789abcdef0')
      .replace('{resourceId}', 'vol-0123456789abcdef0')
      .replace('{migrationId}', ofMigration);
    const query = `MI_ID=${NODE_ID}&spotinstAccountId=act-1&accountId=act-1&__proto__=1&toString=1`;
    const [plain, extended] = [anApi(), anApi()];
    const [expected, answer] = await Promise.all([
      plain.send({ method, path, body: bodies[operationId] }),
      extended.send({ method, path, query, body: bodies[operationId] }),
    ]);

    expect(answer.status).toBe(200);
    expect(answer).toEqual(expected);
    expect(extended.service.calls).toEqual(plain.service.calls);
  });
});

describe('A request that is refused', () => {
  it.each(refused)('$name', async ({ status: expected = 400, errors, name: _name, ...request }) => {
    const { send } = anApi();
    const { status, headers, body } = await send(request);

    expect(body.response.errors).toEqual(errors);
    expect(status).toBe(expected);
    expect(body.response.status).toEqual({ code: expected, message: expected === 404 ? 'Not Found' : 'Bad Request' });
    expect(body.request).toEqual({ id: REQUEST_ID, url: request.path, method: request.method, timestamp: NOW });
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    errorEnvelopeSchema.parse(body);
  });

  it('does not reach the service with a malformed id', async () => {
    const { service, send } = anApi();
    await send({ method: 'GET', path: `${NODES}/smi-1` });
    await send({ method: 'PUT', path: `${NODES}/state`, body: states({ id: 'smi-1', state: 'PAUSE' }) });

    expect(service.calls).toEqual([]);
  });

  it('in bulk does not affect the other nodes', async () => {
    const { service, send } = anApi();
    await send({
      method: 'PUT',
      path: `${NODES}/state`,
      body: states({ id: 'smi-1', state: 'PAUSE' }, { id: NODE_ID, state: 'RESUME' }),
    });

    expect(service.calls).toEqual([['actInBulk', [{ id: NODE_ID, action: 'resume' }]]]);
  });

  it('names the methods that a path supports', async () => {
    const { body } = await anApi().send({ method: 'POST', path: NODE });
    expect(body.response.errors[0].message).toBe('This path supports only GET, PUT, DELETE.');
  });
});

describe('Any request', () => {
  const text = fc.string({ maxLength: 12 });
  const anyPath = fc.oneof(
    fc.constantFrom(...served.map(({ path }) => path)),
    fc.array(text, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`),
    text.map((id) => `${NODES}/${id}`),
  );
  const anyBody = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .dictionary(
        fc.constantFrom('managedInstance', 'deallocationConfig', 'managedInstanceStates', '__proto__'),
        fc.jsonValue(),
      )
      .map((body) => JSON.stringify(body)),
  );
  const anyQuery = fc.oneof(
    fc.string(),
    fc
      .dictionary(
        fc.constantFrom('fromDate', 'toDate', 'severity', 'limit', 'nextToken', 'fields', 'accountId'),
        fc.oneof(
          text,
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
          fc.nat().map(String),
        ),
      )
      .map((query) => new URLSearchParams(query).toString()),
  );

  it('returns 200, or an error with status 400 or 404, in the envelope', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
        anyPath,
        anyQuery,
        anyBody,
        async (method, path, query, body) => {
          const answer = await anApi().send({ method, path, query, body });

          expect([200, 400, 404]).toContain(answer.status);
          expect(answer.body.request.id).toBe(REQUEST_ID);
          expect(answer.body.response.status.code).toBe(answer.status);
          expect(Array.isArray(answer.status === 200 ? answer.body.response.items : answer.body.response.errors)).toBe(
            true,
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
