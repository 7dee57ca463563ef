/** The routes of imports: `/aws/ec2/managedInstance/migration` and the paths below it. */
import * as z from 'zod';
import { describedId, id, idPattern } from '../../domain/config/ids';
import type { ImportRequest } from '../../domain/import/import-document';
import { MIGRATION_STATES, type MigrationState } from '../../domain/import/import';
import type { ApiError, Page } from './envelope';
import { MigrationMissing, type MigrationService, type RefusedImport, type ShownMigration } from './migration-service';
import { NODE_KIND, NODES_PATH } from './node-paths';
import { missingMigrationError, RequestRefused } from './error-responses';
import { route, type Route } from './route';

const MIGRATIONS_PATH = `${NODES_PATH}/migration`;
const MIGRATION_PATH = `${MIGRATIONS_PATH}/{migrationId}`;

/** Each import makes a dozen calls to EC2, and all must fit into the time that an HTTP API waits. */
const BULK_MAX = 20;
const SEARCH_MAX = 100;

const MIGRATION_ID = idPattern('smg');

const optionalFields = {
  managedInstanceName: z.string().min(1).max(255).optional().describe("Default: the original's tag Name, or its id."),
  product: z.string().optional().describe('Like compute.product of a node.'),
  spotInstanceTypes: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("The node's instance types, tried in this order. Default: the original's type."),
  availabilityZones: z
    .array(z.strictObject({ name: z.string(), subnetIds: z.array(id('subnet')).min(1) }))
    .min(1)
    .optional()
    .describe("The node's zones and subnets, unless it keeps the private IP. Default: the original's subnet."),
  eniAttachment: z
    .enum(['cold', 'hot'])
    .optional()
    .describe("Holdfast's own: whether the node is cold or hot after the import. Default: cold."),
  shouldKeepMetadataOptions: z
    .boolean()
    .optional()
    .describe("Whether the node keeps the original's options of the instance metadata service. Default: true."),
};

const migrationSchema = z.strictObject({
  originalInstanceId: id('i').describe('The running instance to import.'),
  region: z.string().describe('The AWS Region in which Holdfast is deployed.'),
  shouldKeepPrivateIp: z
    .boolean()
    .nullish()
    .describe(
      "Whether the node takes over the original's primary interface: private IP, MAC address, Elastic IP. " +
        'Requires shouldTerminateInstance. Default: false.',
    ),
  shouldTerminateInstance: z
    .boolean()
    .nullish()
    .describe('Whether the original is terminated. deleteOnTermination decides about its disks. Default: false.'),
  managedInstanceName: optionalFields.managedInstanceName.nullish(),
  product: optionalFields.product.nullish(),
  spotInstanceTypes: optionalFields.spotInstanceTypes.nullish(),
  availabilityZones: optionalFields.availabilityZones.nullish(),
  eniAttachment: optionalFields.eniAttachment.nullish(),
  shouldKeepMetadataOptions: optionalFields.shouldKeepMetadataOptions.nullish(),
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

const searchBody = z.strictObject({ migrationIds: z.array(describedId('smg')).min(1).max(SEARCH_MAX) });

const migrationParameters = z.strictObject({
  migrationId: describedId('smg').describe("The import's id, for example smg-0a1b2c3d."),
});

/** What every import is shown with, at the places where the contract has it and where Holdfast had it first. */
const shownRequestSchema = {
  originalInstanceId: id('i'),
  region: z.string(),
  shouldKeepPrivateIp: z.boolean(),
  shouldTerminateInstance: z.boolean(),
};

/** Every field is always present, except in `data`. */
const migrationItemSchema = z
  .strictObject({
    migrationId: id('smg'),
    state: z.enum(MIGRATION_STATES),
    stateDescription: z.string().describe('The state in words; in MIGRATE_ERROR the same as `errorReason`.'),
    managedInstanceId: id('smi').describe('The node that the import creates.'),
    instanceId: id('i')
      .nullable()
      .describe('The EC2 instance of the node: the original until the node has an instance of its own.'),
    data: z
      .strictObject({ ...shownRequestSchema, ...optionalFields })
      .describe('The request, with the name that the node has, and without the fields that it did not have.'),
    ...shownRequestSchema,
    managedInstanceName: z.string().nullable(),
    errorReason: z.string().nullable().describe('In MIGRATE_ERROR: why the import cannot continue.'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Migration' });

const failureSchema = z
  .strictObject({
    resourceId: id('i').describe('The `originalInstanceId` of the import.'),
    errorMessage: z.string().describe('Every error, each with its field.'),
  })
  .meta({ id: 'MigrationFailure' });

const migrationResponse = { kind: `${NODE_KIND}:migration`, item: migrationItemSchema };

type MigrationItem = z.infer<typeof migrationItemSchema>;

/** Of a state without an error. */
const STATE_DESCRIPTIONS: Readonly<Record<MigrationState, string>> = {
  MIGRATE_START: 'Accepted; nothing has been changed.',
  MIGRATE_ADOPT: "The original keeps running; it is tagged as the node's.",
  MIGRATE_REPLACE: 'The original is being replaced: the import can no longer be cancelled.',
  MIGRATE_FINISH: 'The node runs on an instance of its own.',
  MIGRATE_CANCEL: 'Cancelled: the original is as it was before.',
  MIGRATE_ERROR: 'The import has stopped.',
};

function migrationItem({ migration, progress, instanceId }: ShownMigration): MigrationItem {
  const { id, nodeId, request, createdAt } = migration;
  const { state, errorReason, updatedAt } = progress;
  const { originalInstanceId, region, shouldKeepPrivateIp, shouldTerminateInstance } = request;
  return {
    migrationId: id,
    state,
    stateDescription: errorReason ?? STATE_DESCRIPTIONS[state],
    managedInstanceId: nodeId,
    instanceId: instanceId ?? null,
    data: dataOf(request),
    originalInstanceId,
    region,
    shouldKeepPrivateIp,
    shouldTerminateInstance,
    managedInstanceName: request.managedInstanceName ?? null,
    errorReason: errorReason ?? null,
    createdAt,
    updatedAt,
  };
}

/** The request in the names of the contract. JSON leaves out what is undefined. */
function dataOf({ spotInstanceTypes, availabilityZones, ...request }: ImportRequest): MigrationItem['data'] {
  return {
    ...request,
    spotInstanceTypes: spotInstanceTypes && [...spotInstanceTypes],
    availabilityZones: availabilityZones?.map(({ name, subnetIds }) => ({ name, subnetIds: [...subnetIds] })),
  };
}

function failureOf({ request, fieldErrors }: RefusedImport): z.infer<typeof failureSchema> {
  const errorMessage = fieldErrors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return { resourceId: request.originalInstanceId, errorMessage };
}

function importRequest(migration: z.infer<typeof migrationSchema>): ImportRequest {
  const { shouldKeepPrivateIp, shouldTerminateInstance, originalInstanceId, region, ...given } = migration;
  return {
    originalInstanceId,
    region,
    shouldKeepPrivateIp: shouldKeepPrivateIp ?? false,
    shouldTerminateInstance: shouldTerminateInstance ?? false,
    managedInstanceName: given.managedInstanceName ?? undefined,
    product: given.product ?? undefined,
    spotInstanceTypes: given.spotInstanceTypes ?? undefined,
    availabilityZones: given.availabilityZones ?? undefined,
    eniAttachment: given.eniAttachment ?? undefined,
    shouldKeepMetadataOptions: given.shouldKeepMetadataOptions ?? undefined,
  };
}

/** A refused import is a failure and not an error: an error response would lose the ids of the others. */
async function beginInBulk(
  service: Pick<MigrationService, 'beginInBulk'>,
  { migrations }: z.infer<typeof bulkBody>,
): Promise<Page> {
  const outcomes = await service.beginInBulk(migrations.map(importRequest));
  return {
    items: outcomes.flatMap((outcome) => (outcome.kind === 'begun' ? [migrationItem(outcome.shown)] : [])),
    failures: outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [failureOf(outcome)] : [])),
  };
}

/** @throws RequestRefused that names every id without an import */
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

/** Returns the id. Text that cannot be an import's id must not reach the table. @throws MigrationMissing */
function existing(migrationId: string): string {
  if (!MIGRATION_ID.test(migrationId)) throw new MigrationMissing(migrationId);
  return migrationId;
}

export const migrationRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: MIGRATIONS_PATH,
    operationId: 'importInstance',
    summary: 'Import a running instance as a node',
    description:
      "Creates a node with the instance's settings, and replaces the instance by one of the node. New disks are made " +
      'from the image. Nothing is changed before everything has been checked; an error response names every error.',
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
    description:
      `At most ${BULK_MAX}. Begins every valid import, and returns them in their order. \`failures\` has the imports ` +
      'that were refused; it is empty if none was.',
    body: { schema: bulkBody, isRequired: true },
    answer: { ...migrationResponse, failure: failureSchema },
    run: ({ service, body }) => beginInBulk(service.migrations, body),
  }),
  route({
    method: 'POST',
    path: `${MIGRATIONS_PATH}/search`,
    operationId: 'findImports',
    summary: 'Read many imports',
    description: `At most ${SEARCH_MAX}. The response is an error if an id has no import; it names each such id.`,
    body: { schema: searchBody, isRequired: true },
    answer: migrationResponse,
    run: async ({ service, body }) => ({ items: await find(service.migrations, body) }),
  }),
  route({
    method: 'GET',
    path: MIGRATION_PATH,
    operationId: 'getImport',
    summary: 'Read the state of an import',
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
    summary: 'Cancel an import',
    description:
      "Holdfast's own. Possible until MIGRATE_REPLACE: the original is left as it was before, and the node is deleted. " +
      'A repeat is harmless.',
    parameters: migrationParameters,
    answer: migrationResponse,
    run: async ({ service, parameters }) => ({
      items: [migrationItem(await service.migrations.cancel(existing(parameters.migrationId)))],
    }),
  }),
];
