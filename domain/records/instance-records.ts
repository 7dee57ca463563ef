/**
 * What the table holds about an instance. One item says which node it belongs to and which execution waits for it.
 * Another item holds its state from the latest event. Both are written attribute by attribute, so an attribute never
 * changes its meaning: a new meaning gets a new name.
 */
import * as z from 'zod';
import type { InstanceState } from '../node/observations';
import type { AwaitedState } from '../operation/await-instance';
import { fieldsOf, unchanged, type RecordKind } from './stored-record';

export interface IndexedInstance {
  /** Absent if an execution waits for an instance that is not registered. */
  readonly nodeId?: string | undefined;
  /** The token of the execution that waits. */
  readonly taskToken?: string | undefined;
  readonly awaited?: AwaitedState | undefined;
}

const indexedInstance: z.ZodType<IndexedInstance> = z.object(
  fieldsOf<IndexedInstance>()({
    nodeId: z.string().optional(),
    taskToken: z.string().optional(),
    awaited: z.enum(['running', 'terminated', 'drained']).optional(),
  }),
);

/** 0: without a version. 1: the same, with a version. */
export const instanceRecord: RecordKind<IndexedInstance> = {
  name: 'INSTANCE',
  schema: indexedInstance,
  upgrades: [unchanged],
};

export interface LastState {
  readonly lastState: InstanceState;
}

const lastState: z.ZodType<LastState> = z.object(
  fieldsOf<LastState>()({
    lastState: z.enum(['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated']),
  }),
);

/** 0: without a version. 1: the same, with a version. */
export const lastStateRecord: RecordKind<LastState> = { name: 'STATE', schema: lastState, upgrades: [unchanged] };
