/**
 * What the table knows of an instance: which node it belongs to and who waits for it, and, in an item of its own, what the
 * latest event has said of it. Both are written attribute by attribute, so an attribute never changes its meaning: what
 * means something else has another name.
 */
import * as z from 'zod';
import type { InstanceState } from '../node/observations';
import type { AwaitedState } from '../operation/await-instance';
import { fieldsOf, unchanged, type RecordKind } from './stored-record';

export interface IndexedInstance {
  /** Absent while an execution waits for an instance that was not registered. */
  readonly nodeId?: string | undefined;
  /** Of the execution that waits. */
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

/** 0: before there were versions. 1: the same, with its version. */
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

/** 0: before there were versions. 1: the same, with its version. */
export const lastStateRecord: RecordKind<LastState> = { name: 'STATE', schema: lastState, upgrades: [unchanged] };
