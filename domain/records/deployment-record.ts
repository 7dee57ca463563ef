/** The identity of the table, stored in the table itself. */
import * as z from 'zod';
import type { TableIdentity } from '../reconciliation/deployment';
import { fieldsOf, unchanged, type RecordKind } from './stored-record';

const identity: z.ZodType<TableIdentity> = z.object(
  fieldsOf<TableIdentity>()({
    deployment: z.string(),
    tableName: z.string(),
    createdAt: z.string(),
    halted: z.object({ since: z.string(), because: z.string() }).optional(),
  }),
);

/**
 * 0: without a version.
 * 1: the same, with a version.
 * 2: the same, and node records may be where an earlier version does not find them: it must not act on the table.
 */
export const deploymentRecord: RecordKind<TableIdentity> = {
  name: 'DEPLOYMENT',
  schema: identity,
  upgrades: [unchanged, unchanged],
};
