/** Which instance carried a node, and when. */
import * as z from 'zod';
import type { Usage } from '../costs/usage';
import { fieldsOf, unchanged, type RecordKind } from './stored-record';

const usage: z.ZodType<Usage> = z.object(
  fieldsOf<Usage>()({
    instanceId: z.string(),
    instanceType: z.string(),
    lifeCycle: z.enum(['spot', 'on_demand']),
    availabilityZone: z.string(),
    product: z.string(),
    from: z.string(),
    to: z.string().optional(),
  }),
);

/** 0: without a version. 1: the same, with a version. */
export const usageRecord: RecordKind<Usage> = { name: 'USAGE', schema: usage, upgrades: [unchanged] };
