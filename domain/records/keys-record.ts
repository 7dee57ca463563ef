/** What the item with the table's identity also says: under which keys the node records are. */
import * as z from 'zod';
import type { KeysState } from '../reconciliation/moving-records';
import { deploymentRecord } from './deployment-record';
import { fieldsOf, type RecordKind } from './stored-record';

const state: z.ZodType<KeysState> = z.object(
  fieldsOf<KeysState>()({
    shardedSince: z.iso.datetime().optional(),
    upgrading: z.object({ since: z.iso.datetime(), seenAt: z.iso.datetime() }).optional(),
  }),
);

export const keysRecord: RecordKind<KeysState> = { ...deploymentRecord, schema: state };
