/** What an operation did. The record of a node has the operation that is under way; this is kept after it. */
import * as z from 'zod';
import { OPERATION_KINDS } from '../node/stateful-node';
import {
  OPERATION_OUTCOMES,
  type OperationRecord,
  type RecordedInstance,
  type RecordedWait,
} from '../operation/operation-record';
import { sighting } from './log-record';
import { fieldsOf, listOf, type RecordKind } from './stored-record';

const instance: z.ZodType<RecordedInstance> = z.object(
  fieldsOf<RecordedInstance>()({
    id: z.string(),
    instanceType: z.string(),
    lifeCycle: z.enum(['spot', 'on_demand']),
    availabilityZone: z.string().optional(),
  }),
);

const wait: z.ZodType<RecordedWait> = z.object(
  fieldsOf<RecordedWait>()({ step: z.string(), stateName: z.string(), enteredAt: z.string() }),
);

const record: z.ZodType<OperationRecord> = z.object(
  fieldsOf<OperationRecord>()({
    kind: z.enum(OPERATION_KINDS),
    startedBy: z.enum(['interruption', 'rebalance', 'request', 'retry', 'lost', 'unhealthy', 'drift']).optional(),
    executionId: z.string(),
    generation: z.int(),
    takeovers: z.int(),
    startedAt: z.string(),
    endedAt: z.string().optional(),
    outcome: z.enum(OPERATION_OUTCOMES).optional(),
    errorName: z.string().optional(),
    before: instance.optional(),
    after: instance.optional(),
    awayFrom: z.string().optional(),
    awayTo: z.string().optional(),
    waits: listOf(wait),
    seen: listOf(sighting),
  }),
);

export const operationRecord: RecordKind<OperationRecord> = { name: 'OPERATION', schema: record, upgrades: [] };
