/** What a node costs. */
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
      .describe('From then on, in RFC 3339; a day is its start. Default: 30 days before toDate.'),
    toDate: instant(DAY.end)
      .optional()
      .describe('Until then, in RFC 3339; a day is its end, and today until now. Default: now.'),
    aggregationPeriod: period
      .optional()
      .describe('An item for every day, or every month, in UTC. Default: one item for the whole.'),
    aggregrationPeriod: period.optional().describe('The same, as the Python SDK spells it.'),
  })
  .refine(({ aggregationPeriod: one, aggregrationPeriod: other }) => one === other || !one || !other, {
    path: ['aggregrationPeriod'],
    error: 'must say the same as aggregationPeriod; leave one of them out',
  });

export const costRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: `${NODE_PATH}/costs`,
    operationId: 'getNodeCosts',
    summary: 'Read what a node has cost',
    description:
      'The hours of the instances that carried the node, at list prices: spot capacity at the spot price of every ' +
      'hour. The last 30 days, unless asked otherwise.',
    query: costQuery,
    answer: { kind: `${NODE_KIND}:costs`, item: costItemSchema },
    run: async ({ service, nodeId, query: { aggregationPeriod, aggregrationPeriod, ...range } }) => {
      const costs = await service.costs(nodeId, { ...range, period: aggregationPeriod ?? aggregrationPeriod });
      return { items: costs.map(costItem) };
    },
  }),
];
