/** A pool or subnet in which EC2 had no capacity: an item in the partition `DRY#<subnet>`. */
import * as z from 'zod';
import type { DryPool } from '../capacity/dry-pools';
import { fieldsOf, type RecordKind } from './stored-record';

type Of<Kind extends DryPool['of']> = Extract<DryPool, { readonly of: Kind }>;

const pool: z.ZodType<Of<'pool'>> = z.object(
  fieldsOf<Of<'pool'>>()({
    of: z.literal('pool'),
    subnetId: z.string(),
    instanceType: z.string(),
    lifeCycle: z.enum(['spot', 'on_demand']),
    refusedAt: z.iso.datetime(),
  }),
);

const subnet: z.ZodType<Of<'subnet'>> = z.object(
  fieldsOf<Of<'subnet'>>()({ of: z.literal('subnet'), subnetId: z.string(), refusedAt: z.iso.datetime() }),
);

export const dryPoolRecord: RecordKind<DryPool> = { name: 'DRY', schema: z.union([pool, subnet]), upgrades: [] };
