/** Since when nodes have been without their address: one item for all of them, which only the reconciler writes. */
import * as z from 'zod';
import type { AwaySince } from '../monitoring/missing-address';
import { fieldsOf, type RecordKind } from './stored-record';

export interface MissingAddressesRecord {
  readonly awaySince: AwaySince;
}

const record: z.ZodType<MissingAddressesRecord> = z.object(
  fieldsOf<MissingAddressesRecord>()({ awaySince: z.record(z.string(), z.iso.datetime()) }),
);

export const missingAddressesRecord: RecordKind<MissingAddressesRecord> = {
  name: 'WATCH',
  schema: record,
  upgrades: [],
};
