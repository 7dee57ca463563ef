/** The query of a node's log. */
import * as z from 'zod';
import { LOG_SEVERITIES } from '../../domain/node/node-log';
import { DAY, instant } from './time-parameters';
import { limitParameter } from './paging';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;

/** What the log answers: the key of an entry. Anything else would be a key that the table may refuse. */
const NEXT_TOKEN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z#[0-9a-f]{1,32}$/;

export const logQuery = z
  .strictObject({
    fromDate: instant(DAY.start).optional().describe('Entries from then on, in RFC 3339; a day is its start.'),
    toDate: instant(DAY.lastMillisecond).optional().describe('Entries until then, in RFC 3339; a day is its end.'),
    severity: z.enum(LOG_SEVERITIES).optional().describe('This severity and graver ones.'),
    limit: limitParameter(LIMIT_MAX)
      .default(LIMIT_DEFAULT)
      .describe('The largest number of entries to answer. Fewer come where they would be too long for one answer.'),
    nextToken: z
      .string()
      .regex(NEXT_TOKEN, 'must be the nextToken of an answer')
      .optional()
      .describe('From the previous answer: goes on where that one ended.'),
  })
  .refine(({ fromDate, toDate }) => fromDate === undefined || toDate === undefined || fromDate <= toDate, {
    path: ['toDate'],
    error: 'must not be before fromDate',
  })
  .refine(({ toDate, nextToken }) => toDate === undefined || nextToken === undefined || startOf(nextToken) <= toDate, {
    path: ['nextToken'],
    error: 'must not be of an entry after toDate',
  });

function startOf(nextToken: string): string {
  return nextToken.replace(/#.*/, '');
}
