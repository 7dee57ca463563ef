/** One entry of a node's log. */
import * as z from 'zod';
import { LOG_SEVERITIES, type LogEntry } from '../node/node-log';
import { fieldsOf, unchanged, type RecordKind } from './stored-record';

const entry: z.ZodType<LogEntry> = z.object(
  fieldsOf<LogEntry>()({ createdAt: z.string(), severity: z.enum(LOG_SEVERITIES), message: z.string() }),
);

/** 0: without a version. 1: the same, with a version. */
export const logRecord: RecordKind<LogEntry> = { name: 'LOG', schema: entry, upgrades: [unchanged] };
