/** The routes of imports: their calls of the service, and their responses. */
import { MIGRATION_STATES } from '../../../domain/import/import';
import { errorEnvelopeSchema } from '../../../lambdas/api/envelope';
import { NODE_ID, NOW } from '../../domain/builders';
import { anApi, FakeNodeService, INSTANCE_ID, MIGRATION_ID, NODES, type HttpRequest } from './requests';

const MIGRATIONS = `${NODES}/migration`;
const UNKNOWN_ID = 'smg-ffffffff';
const REFUSED_ID = 'i-0123456789abcdef0';

const body = { originalInstanceId: INSTANCE_ID, region: 'eu-west-1' };
const request = { ...body, shouldKeepPrivateIp: false, shouldTerminateInstance: false };

const item = {
  migrationId: MIGRATION_ID,
  state: 'MIGRATE_START',
  stateDescription: 'Accepted; nothing has been changed.',
  managedInstanceId: NODE_ID,
  instanceId: INSTANCE_ID,
  data: {
    originalInstanceId: INSTANCE_ID,
    region: 'eu-west-1',
    shouldKeepPrivateIp: true,
    shouldTerminateInstance: true,
    managedInstanceName: 'ledger',
  },
  originalInstanceId: INSTANCE_ID,
  region: 'eu-west-1',
  shouldKeepPrivateIp: true,
  shouldTerminateInstance: true,
  managedInstanceName: 'ledger',
  errorReason: null,
  createdAt: NOW,
  updatedAt: NOW,
};

const EVERYTHING = {
  ...request,
  managedInstanceName: 'ledger',
  product: 'Linux/UNIX',
  spotInstanceTypes: ['m7g.large'],
  availabilityZones: [{ name: 'eu-west-1a', subnetIds: ['subnet-001'] }],
  eniAttachment: 'hot',
  shouldKeepMetadataOptions: false,
};

const served: readonly (HttpRequest & {
  readonly name: string;
  readonly asks: unknown[];
  readonly items?: unknown[];
  readonly failures?: unknown[];
})[] = [
  {
    name: 'an import with required fields only',
    method: 'POST',
    path: MIGRATIONS,
    body: { migration: body },
    asks: ['begin', request],
  },
  {
    name: 'an import with nulls',
    method: 'POST',
    path: MIGRATIONS,
    body: { migration: { ...body, shouldKeepPrivateIp: null, product: null, availabilityZones: null } },
    asks: ['begin', request],
  },
  {
    name: 'an import with every field',
    method: 'POST',
    path: MIGRATIONS,
    body: { migration: EVERYTHING },
    asks: ['begin', EVERYTHING],
  },
  { name: 'reading one import', method: 'GET', path: `${MIGRATIONS}/${MIGRATION_ID}`, asks: ['find', [MIGRATION_ID]] },
  {
    name: 'a cancellation',
    method: 'PUT',
    path: `${MIGRATIONS}/${MIGRATION_ID}/cancel`,
    asks: ['cancel', MIGRATION_ID],
  },
  {
    name: 'a search that names an import twice',
    method: 'POST',
    path: `${MIGRATIONS}/search`,
    body: { migrationIds: [MIGRATION_ID, MIGRATION_ID] },
    asks: ['find', [MIGRATION_ID]],
  },
  {
    name: 'a bulk request',
    method: 'POST',
    path: `${MIGRATIONS}/bulk`,
    body: { migrations: [body] },
    asks: ['beginInBulk', [request]],
    failures: [],
  },
  {
    name: 'a bulk request in which one import is refused',
    method: 'POST',
    path: `${MIGRATIONS}/bulk`,
    body: { migrations: [{ ...body, originalInstanceId: REFUSED_ID }, body] },
    asks: ['beginInBulk', [{ ...request, originalInstanceId: REFUSED_ID }, request]],
    failures: [{ resourceId: REFUSED_ID, errorMessage: 'originalInstanceId: is stopped' }],
  },
  {
    name: 'a bulk request in which every import is refused',
    method: 'POST',
    path: `${MIGRATIONS}/bulk`,
    body: { migrations: [{ ...body, originalInstanceId: REFUSED_ID }] },
    asks: ['beginInBulk', [{ ...request, originalInstanceId: REFUSED_ID }]],
    items: [],
    failures: [{ resourceId: REFUSED_ID, errorMessage: 'originalInstanceId: is stopped' }],
  },
];

test.each(served)('$name is served', async ({ name: _, asks, items = [item], failures, ...sent }) => {
  const { service, send } = anApi();
  const answer = await send(sent);
  expect(answer.status).toBe(200);
  expect(JSON.parse(JSON.stringify(service.calls))).toEqual([asks]);
  expect(answer.body.response).toEqual({
    status: { code: 200, message: 'OK' },
    kind: 'spotinst:aws:ec2:managedInstance:migration',
    items,
    count: items.length,
    ...(failures && { failures }),
  });
});

const invalid = (...fields: readonly string[]) => fields.map((field) => ({ code: 'VALIDATION_ERROR', field }));
const missing = (...fields: readonly string[]) => fields.map((field) => ({ code: 'MIGRATION_DOESNT_EXIST', field }));

const refused: readonly (HttpRequest & { readonly name: string; readonly errors: unknown[] })[] = [
  { name: 'no migration', method: 'POST', path: MIGRATIONS, body: {}, errors: invalid('migration') },
  {
    name: 'an import with several errors',
    method: 'POST',
    path: MIGRATIONS,
    body: { migration: { originalInstanceId: 'web-1', shouldKeepPrivateIp: 'yes', spotInstanceTypes: [], size: 1 } },
    errors: invalid(
      'migration.originalInstanceId',
      'migration.region',
      'migration.shouldKeepPrivateIp',
      'migration.spotInstanceTypes',
      'migration.size',
    ),
  },
  {
    name: 'an instance named twice',
    method: 'POST',
    path: `${MIGRATIONS}/bulk`,
    body: { migrations: [body, body] },
    errors: invalid('migrations'),
  },
  {
    name: 'a bulk request with too many imports',
    method: 'POST',
    path: `${MIGRATIONS}/bulk`,
    body: { migrations: Array.from({ length: 21 }, (_, n) => ({ ...body, originalInstanceId: `i-${10000000 + n}` })) },
    errors: invalid('migrations'),
  },
  {
    name: 'a search with ids that have no import',
    method: 'POST',
    path: `${MIGRATIONS}/search`,
    body: { migrationIds: [MIGRATION_ID, UNKNOWN_ID, 'no id'] },
    errors: missing('migrationIds.1', 'migrationIds.2'),
  },
  { name: 'an unknown id', method: 'GET', path: `${MIGRATIONS}/${UNKNOWN_ID}`, errors: missing('migrationId') },
  { name: 'a malformed id', method: 'GET', path: `${MIGRATIONS}/smg-1`, errors: missing('migrationId') },
  { name: 'an unknown id', method: 'PUT', path: `${MIGRATIONS}/${UNKNOWN_ID}/cancel`, errors: missing('migrationId') },
  { name: 'a malformed id', method: 'PUT', path: `${MIGRATIONS}/..%2f/cancel`, errors: missing('migrationId') },
];

test.each(refused)('$name is refused ($method $path)', async ({ name: _, errors, ...sent }) => {
  const answer = await anApi().send(sent);
  expect(answer.status).toBe(400);
  expect(errorEnvelopeSchema.safeParse(answer.body)).toMatchObject({ success: true });
  expect(answer.body.response.errors.map(({ code, field }: Record<string, string>) => ({ code, field }))).toEqual(
    errors,
  );
});

test('an import in error is described by its reason, and shows every field of its request', async () => {
  const service = new FakeNodeService();
  const [shown] = await service.migrations.find([MIGRATION_ID]);
  const everything = { ...EVERYTHING, eniAttachment: 'hot' as const };
  service.migrations.find = async () => [
    {
      migration: { ...shown!.migration, request: everything },
      progress: { state: 'MIGRATE_ERROR', errorReason: 'NoCapacity: nothing left', updatedAt: NOW },
    },
  ];
  const answer = await anApi({ service }).send({ method: 'GET', path: `${MIGRATIONS}/${MIGRATION_ID}` });
  expect(answer.body.response.items).toEqual([
    {
      ...item,
      state: 'MIGRATE_ERROR',
      stateDescription: 'NoCapacity: nothing left',
      errorReason: 'NoCapacity: nothing left',
      instanceId: null,
      data: EVERYTHING,
      shouldKeepPrivateIp: false,
      shouldTerminateInstance: false,
    },
  ]);
});

test.each(MIGRATION_STATES)('%s is described in words', async (state) => {
  const service = new FakeNodeService();
  const [shown] = await service.migrations.find([MIGRATION_ID]);
  service.migrations.find = async () => [{ ...shown!, progress: { state, updatedAt: NOW } }];
  const answer = await anApi({ service }).send({ method: 'GET', path: `${MIGRATIONS}/${MIGRATION_ID}` });
  expect(answer.body.response.items[0].stateDescription).toMatch(/\w.*\.$/);
});

test('a malformed id does not reach the service', async () => {
  const { service, send } = anApi();
  await send({ method: 'GET', path: `${MIGRATIONS}/smg-1` });
  await send({ method: 'POST', path: `${MIGRATIONS}/search`, body: { migrationIds: ['smg-1'] } });
  expect(service.calls).toEqual([['find', []]]);
});
