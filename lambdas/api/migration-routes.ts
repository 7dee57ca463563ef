/** The routes of imports: `/aws/ec2/managedInstance/migration` and what is below. */
import * as z from 'zod';
import type { ImportRequest } from '../../domain/import/import-document';
import { MIGRATION_STATES } from '../../domain/import/import';
import type { ApiError } from './envelope';
import { MigrationMissing, type ImportOutcome, type MigrationService, type ShownMigration } from './migration-service';
import { NODE_KIND, NODES_PATH } from './node-paths';
import { fieldApiError, missingMigrationError, RequestRefused } from './error-responses';
import { route, type Route } from './route';

const MIGRATIONS_PATH = `${NODES_PATH}/migration`;
const MIGRATION_PATH = `${MIGRATIONS_PATH}/{migrationId}`;

/** Each asks EC2 a dozen questions, within the time that an HTTP API waits. */
const BULK_MAX = 20;
const SEARCH_MAX = 100;

const MIGRATION_ID = /^smg-[0-9a-f]{8}$/;

const migrationSchema = z.strictObject({
  originalInstanceId: z
    .string()
    .regex(/^i-[0-9a-f]{8,17}$/, 'must be the id of an instance, like i-0123456789abcdef0')
    .describe('The running instance to import.'),
  region: z.string().describe('The AWS Region in which Holdfast is deployed.'),
  shouldKeepPrivateIp: z
    .boolean()
    .nullish()
    .describe(
      "Whether the node takes over the original's primary interface: private IP, MAC address, Elastic IP. " +
        'Needs shouldTerminateInstance. Default: false.',
    ),
  shouldTerminateInstance: z
    .boolean()
    .nullish()
    .describe('Whether the original is terminated, its disks as their mappings say. Default: false.'),
  managedInstanceName: z.string().min(1).max(255).nullish().describe("Default: the original's tag Name, or its id."),
  product: z.string().nullish().describe('As compute.product of a node.'),
  spotInstanceTypes: z
    .array(z.string())
    .min(1)
    .nullish()
    .describe("What the node may run on, tried in this order. Default: the original's type."),
  availabilityZones: z
    .array(z.strictObject({ name: z.string(), subnetIds: z.array(z.string()).min(1) }))
    .min(1)
    .nullish()
    .describe("Where the node may live, unless it keeps the private IP. Default: in the original's subnet."),
  eniAttachment: z
    .enum(['cold', 'hot'])
    .nullish()
    .describe("Holdfast's own: how the node carries its interface from then on. Default: cold."),
});

const importBody = z.strictObject({ migration: migrationSchema });

const bulkBody = z.strictObject({
  migrations: z
    .array(migrationSchema)
    .min(1)
    .max(BULK_MAX)
    .refine(
      (migrations) => new Set(migrations.map(({ originalInstanceId: id }) => id)).size === migrations.length,
      'must not name an instance twice',
    ),
});

const searchBody = z.strictObject({ migrationIds: z.array(z.string()).min(1).max(SEARCH_MAX) });

const migrationParameters = z.strictObject({ migrationId: z.string().describe('Like smg-0a1b2c3d.') });

/** Every field is there always. */
const migrationItemSchema = z
  .strictObject({
    migrationId: z.string().nullable().describe('Null for one of many that was refused: nothing is kept of it.'),
    state: z.enum(MIGRATION_STATES),
    originalInstanceId: z.string(),
    managedInstanceId: z.string().nullable().describe('The node that the import makes.'),
    region: z.string(),
    shouldKeepPrivateIp: z.boolean(),
    shouldTerminateInstance: z.boolean(),
    managedInstanceName: z.string().nullable(),
    errorReason: z.string().nullable().describe('In MIGRATE_ERROR: what stands in the way.'),
    createdAt: z.iso.datetime().nullable(),
    updatedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Migration' });

const migrationResponse = { kind: `${NODE_KIND}:migration`, item: migrationItemSchema };

type MigrationItem = z.infer<typeof migrationItemSchema>;

function migrationItem({ migration, progress }: ShownMigration): MigrationItem {
  const { id, nodeId, request, createdAt } = migration;
  return {
    migrationId: id,
    state: progress.state,
    ...shownRequest(request),
    managedInstanceId: nodeId,
    errorReason: progress.errorReason ?? null,
    createdAt,
    updatedAt: progress.updatedAt,
  };
}

function shownRequest(request: ImportRequest) {
  const { originalInstanceId, region, shouldKeepPrivateIp, shouldTerminateInstance, managedInstanceName } = request;
  return {
    ...{ originalInstanceId, region, shouldKeepPrivateIp, shouldTerminateInstance },
    managedInstanceName: managedInstanceName ?? null,
  };
}

function outcomeItem(outcome: ImportOutcome): MigrationItem {
  if (outcome.kind === 'begun') return migrationItem(outcome.shown);
  const errorReason = outcome.fieldErrors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return {
    ...shownRequest(outcome.request),
    migrationId: null,
    state: 'MIGRATE_ERROR',
    managedInstanceId: null,
    errorReason,
    createdAt: null,
    updatedAt: null,
  };
}

function importRequest(migration: z.infer<typeof migrationSchema>): ImportRequest {
  const { shouldKeepPrivateIp, shouldTerminateInstance, originalInstanceId, region, ...given } = migration;
  return {
    ...{ originalInstanceId, region },
    shouldKeepPrivateIp: shouldKeepPrivateIp ?? false,
    shouldTerminateInstance: shouldTerminateInstance ?? false,
    managedInstanceName: given.managedInstanceName ?? undefined,
    product: given.product ?? undefined,
    spotInstanceTypes: given.spotInstanceTypes ?? undefined,
    availabilityZones: given.availabilityZones ?? undefined,
    eniAttachment: given.eniAttachment ?? undefined,
  };
}

/** @throws RequestRefused where not one could be begun: otherwise the ids of the others would be lost with the answer */
async function beginInBulk(
  service: Pick<MigrationService, 'beginInBulk'>,
  { migrations }: z.infer<typeof bulkBody>,
): Promise<readonly MigrationItem[]> {
  const outcomes = await service.beginInBulk(migrations.map(importRequest));
  if (outcomes.some(({ kind }) => kind === 'begun')) return outcomes.map(outcomeItem);
  refuse(
    outcomes.flatMap((outcome, index) =>
      outcome.kind === 'begun'
        ? []
        : outcome.fieldErrors.map(({ field, message }) =>
            fieldApiError({ field: `migrations.${index}.${field}`, message }),
          ),
    ),
  );
  return [];
}

/** @throws RequestRefused that names every id that there is no import of */
async function find(
  service: Pick<MigrationService, 'find'>,
  { migrationIds }: z.infer<typeof searchBody>,
): Promise<readonly MigrationItem[]> {
  const found = await service.find([...new Set(migrationIds)].filter((id) => MIGRATION_ID.test(id)));
  const shownAs = new Map(found.map((shown) => [shown.migration.id, migrationItem(shown)]));
  refuse(
    migrationIds.flatMap((id, index) =>
      shownAs.has(id) ? [] : [missingMigrationError(new MigrationMissing(id), `migrationIds.${index}`)],
    ),
  );
  return [...shownAs.values()];
}

function refuse([first, ...others]: readonly ApiError[]): void {
  if (first !== undefined) throw new RequestRefused(400, first, ...others);
}

/** Anything else is the id of no import, and must not reach the table. @throws MigrationMissing */
function existing(migrationId: string): string {
  if (!MIGRATION_ID.test(migrationId)) throw new MigrationMissing(migrationId);
  return migrationId;
}

export const migrationRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: MIGRATIONS_PATH,
    operationId: 'importInstance',
    summary: 'Import a running instance into a node',
    description:
      'Makes a node of what the instance is, and replaces the instance by one of the node. Disks are made anew from ' +
      'the image. Nothing is touched before everything has been checked; a refusal names every error at once.',
    body: { schema: importBody, isRequired: true },
    answer: migrationResponse,
    run: async ({ service, body }) => ({
      items: [migrationItem(await service.migrations.begin(importRequest(body.migration)))],
    }),
  }),
  route({
    method: 'POST',
    path: `${MIGRATIONS_PATH}/bulk`,
    operationId: 'importInstances',
    summary: 'Import instances in bulk',
    description: `At most ${BULK_MAX}. Begins what can be begun, and answers an item for each, in their order.`,
    body: { schema: bulkBody, isRequired: true },
    answer: migrationResponse,
    run: async ({ service, body }) => ({ items: await beginInBulk(service.migrations, body) }),
  }),
  route({
    method: 'POST',
    path: `${MIGRATIONS_PATH}/search`,
    operationId: 'findImports',
    summary: 'Read many imports',
    description: `At most ${SEARCH_MAX}. Ids that there is no import of are refused, by name.`,
    body: { schema: searchBody, isRequired: true },
    answer: migrationResponse,
    run: async ({ service, body }) => ({ items: await find(service.migrations, body) }),
  }),
  route({
    method: 'GET',
    path: MIGRATION_PATH,
    operationId: 'getImport',
    summary: 'Read how far an import is',
    parameters: migrationParameters,
    answer: migrationResponse,
    run: async ({ service, parameters }) => {
      const [shown] = await service.migrations.find([existing(parameters.migrationId)]);
      if (shown === undefined) throw new MigrationMissing(parameters.migrationId);
      return { items: [migrationItem(shown)] };
    },
  }),
  route({
    method: 'PUT',
    path: `${MIGRATION_PATH}/cancel`,
    operationId: 'cancelImport',
    summary: 'Take an import back',
    description:
      "Holdfast's own. Until the end of the original is decided: it stays as it was before, and the node is deleted. " +
      'A repeat is harmless.',
    parameters: migrationParameters,
    answer: migrationResponse,
    run: async ({ service, parameters }) => ({
      items: [migrationItem(await service.migrations.cancel(existing(parameters.migrationId)))],
    }),
  }),
];
