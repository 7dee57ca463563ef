/** The record of an import. */
import * as z from 'zod';
import type { Migration, MigrationEnding } from '../import/import';
import type { ImportRequest, ImportZone } from '../import/import-document';
import { fieldsOf, listOf, unchanged, type RecordKind } from './stored-record';

const zone: z.ZodType<ImportZone> = z.object(
  fieldsOf<ImportZone>()({ name: z.string(), subnetIds: listOf(z.string()) }),
);

const request: z.ZodType<ImportRequest> = z.object(
  fieldsOf<ImportRequest>()({
    originalInstanceId: z.string(),
    region: z.string(),
    shouldKeepPrivateIp: z.boolean(),
    shouldTerminateInstance: z.boolean(),
    managedInstanceName: z.string().optional(),
    product: z.string().optional(),
    spotInstanceTypes: listOf(z.string()).optional(),
    availabilityZones: listOf(zone).optional(),
    eniAttachment: z.enum(['cold', 'hot']).optional(),
    shouldKeepMetadataOptions: z.boolean().optional(),
  }),
);

const ending: z.ZodType<MigrationEnding> = z.object(
  fieldsOf<MigrationEnding>()({
    state: z.enum(['MIGRATE_FINISH', 'MIGRATE_CANCEL', 'MIGRATE_ERROR']),
    errorReason: z.string().optional(),
    at: z.string(),
  }),
);

const migration: z.ZodType<Migration> = z.object(
  fieldsOf<Migration>()({
    id: z.string(),
    nodeId: z.string(),
    request,
    ending: ending.optional(),
    createdAt: z.string(),
  }),
);

/** 0: without a version. 1: the same, with a version. */
export const migrationRecord: RecordKind<Migration> = {
  name: 'MIGRATION',
  schema: migration,
  upgrades: [unchanged],
};
