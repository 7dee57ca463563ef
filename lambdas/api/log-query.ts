/** The query parameters of a node's log. */
import * as z from 'zod';
import { LOG_SEVERITIES } from '../../domain/node/node-log';
import { DAY, instant } from './time-parameters';
import { limitParameter } from './paging';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;

/** The key of a log entry, as the log returns it. The table may reject any other key. */
const NEXT_TOKEN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z#[0-9a-f]{1,32}$/;

export const logQuery = z
  .strictObject({
    fromDate: instant(DAY.start)
      .optional()
      .describe('The earliest time, inclusive, in RFC 3339 or Unix seconds; a day means its start.'),
    toDate: instant(DAY.lastMillisecond)
      .optional()
      .describe('The latest time, inclusive, in RFC 3339 or Unix seconds; a day means its end.'),
    severity: z.enum(LOG_SEVERITIES).optional().describe('The lowest severity to return.'),
    limit: limitParameter(LIMIT_MAX)
      .default(LIMIT_DEFAULT)
      .describe('The maximum number of entries. Fewer are returned if they would not fit into one response.'),
    nextToken: z
      .string()
      .regex(NEXT_TOKEN, 'must be the nextToken of a response')
      .optional()
      .describe('The nextToken of the previous response: continues where that one ended.'),
  })
  .refine(({ fromDate, toDate }) => fromDate === undefined || toDate === undefined || fromDate <= toDate, {
    path: ['toDate'],
    error: 'must not be before fromDate',
  })
  .refine(({ toDate, nextToken }) => toDate === undefined || nextToken === undefined || startOf(nextToken) <= toDate, {
    path: ['nextToken'],
    error: 'must not name an entry after toDate',
  });

function startOf(nextToken: string): string {
  return nextToken.replace(/#.*/, '');
}
