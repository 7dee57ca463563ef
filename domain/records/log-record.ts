/** One entry of a node's log. */
import * as z from 'zod';
import {
  INSTANCE_ROLES,
  LOG_SEVERITIES,
  LOGGED_OUTCOMES,
  type InstanceSighting,
  type LogEntry,
  type LoggedStep,
} from '../node/node-log';
import { fieldsOf, listOf, unchanged, type RecordKind } from './stored-record';

export const sighting: z.ZodType<InstanceSighting> = z.object(
  fieldsOf<InstanceSighting>()({
    instanceId: z.string(),
    role: z.enum(INSTANCE_ROLES),
    state: z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped']),
    at: z.string(),
  }),
);

const step: z.ZodType<LoggedStep> = z.object(
  fieldsOf<LoggedStep>()({
    name: z.string(),
    generation: z.int(),
    stateName: z.string().optional(),
    enteredAt: z.string().optional(),
    outcome: z.enum(LOGGED_OUTCOMES),
    errorName: z.string().optional(),
    seen: listOf(sighting).optional(),
  }),
);

const entry: z.ZodType<LogEntry> = z.object(
  fieldsOf<LogEntry>()({
    createdAt: z.string(),
    severity: z.enum(LOG_SEVERITIES),
    message: z.string(),
    step: step.optional(),
  }),
);

/** 0: without a version. 1: the same, with a version. */
export const logRecord: RecordKind<LogEntry> = { name: 'LOG', schema: entry, upgrades: [unchanged] };
