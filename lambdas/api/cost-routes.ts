/** The route of a node's costs. */
import * as z from 'zod';
import { AGGREGATION_PERIODS } from '../../domain/costs/costs';
import { costItem, costItemSchema } from './cost-items';
import { DAY, instant } from './time-parameters';
import { NODE_KIND, NODE_PATH } from './node-paths';
import { route, type Route } from './route';

const period = z.enum(AGGREGATION_PERIODS, `must be ${AGGREGATION_PERIODS.join(' or ')}`);

const costQuery = z
  .strictObject({
    fromDate: instant(DAY.start)
      .optional()
      .describe(
        'Start of the range, in RFC 3339 or Unix seconds; a day means its start. Default: 30 days before toDate.',
      ),
    toDate: instant(DAY.end)
      .optional()
      .describe(
        'End of the range, in RFC 3339 or Unix seconds; a day means its end, and today means now. Default: now.',
      ),
    aggregationPeriod: period
      .optional()
      .describe(
        'One item for each day or month, in UTC. Other periods are refused. Default: one item for the whole range.',
      ),
    aggregrationPeriod: period.optional().describe('The same, as the Python SDK spells it.'),
  })
  .refine(({ aggregationPeriod: one, aggregrationPeriod: other }) => one === other || !one || !other, {
    path: ['aggregrationPeriod'],
    error: 'must be the same as aggregationPeriod; leave one of them out',
  });

export const costRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: `${NODE_PATH}/costs`,
    operationId: 'getNodeCosts',
    summary: 'Read what a node has cost',
    description:
      'The hours of the instances that carried the node, at list prices: spot capacity at the spot price of each ' +
      'hour. Covers the last 30 days by default.',
    query: costQuery,
    answer: { kind: `${NODE_KIND}:costs`, item: costItemSchema },
    run: async ({ service, nodeId, query: { aggregationPeriod, aggregrationPeriod, ...range } }) => {
      const costs = await service.costs(nodeId, { ...range, period: aggregationPeriod ?? aggregrationPeriod });
      return { items: costs.map(costItem) };
    },
  }),
];
