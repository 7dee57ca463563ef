/**
 * The turns of one paced action: the item `PACER#<action>` and `TURNS`. It is written attribute by attribute, so an
 * attribute never changes its meaning: a new meaning gets a new name.
 */
import * as z from 'zod';
import { LONGEST_INTERVAL_MS } from '../throttling/paced-actions';
import type { Turns } from '../throttling/turns';
import { fieldsOf, type RecordKind } from './stored-record';

/** The latest time of a `Date`, in milliseconds since the epoch. */
const LATEST_MS = 8_640_000_000_000_000;

const time = z.int().min(0).max(LATEST_MS);

const turns: z.ZodType<Turns> = z.object(
  fieldsOf<Turns>()({
    nextTurnMs: time,
    issued: z.int().min(0),
    intervalMs: z.int().min(1).max(LONGEST_INTERVAL_MS),
    nextFrontMs: time,
    learnedMs: time,
    refusals: z.int().min(0),
    refusedMs: time,
  }),
);

export const pacerRecord: RecordKind<Turns> = { name: 'PACER', schema: turns, upgrades: [] };
