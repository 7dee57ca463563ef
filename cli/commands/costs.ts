import * as z from 'zod';
import { answerOf, type Schemas } from '../api/client';
import { choice, nodeOperand, text } from '../command-line/arguments';
import { command } from '../command-line/command';
import { nodeIdOf } from '../nodes/find-node';
import { table, type Column } from '../output/table';
import { orDash, shortTime } from '../output/text';

type Costs = Schemas['NodeCosts'];

export const costs = command({
  path: 'costs',
  summary: 'Show what the instances of a node have cost',
  description: 'In US dollars at list prices, compared with on-demand instances. By default of the last 30 days.',
  operands: z.object({ node: nodeOperand() }),
  options: z.object({
    since: text('time', 'The start of the range: a time in RFC 3339, or a day.'),
    until: text('time', 'The end of the range: a time in RFC 3339, or a day, which is included. Default: now.'),
    period: choice(['daily', 'monthly'], 'One line for each day or month, in UTC.'),
  }),
  run: async (context, { node, since, until, period }) => {
    const api = await context.api();
    const path = { id: await nodeIdOf(api, node) };
    const query = {
      ...(since !== undefined && { fromDate: since }),
      ...(until !== undefined && { toDate: until }),
      ...(period !== undefined && { aggregationPeriod: period }),
    };
    const { items } = await answerOf(
      api.client.GET('/aws/ec2/managedInstance/{id}/costs', { params: { path, query } }),
    );
    return {
      json: items,
      text: (style) => {
        const notes = [...items.flatMap(missingPrices), ...new Set(items.flatMap(({ limits }) => limits))];
        return table(COLUMNS, items, style) + notes.map((note) => `${style.paint('gray', note)}\n`).join('');
      },
    };
  },
});

const COLUMNS: readonly Column<Costs>[] = [
  { header: 'FROM', cell: ({ fromDate }) => shortTime(fromDate) },
  { header: 'TO', cell: ({ toDate }) => shortTime(toDate) },
  { header: 'SPOT HOURS', align: 'right', cell: ({ spotHours }) => spotHours.toFixed(2) },
  { header: 'ON-DEMAND HOURS', align: 'right', cell: ({ onDemandHours }) => onDemandHours.toFixed(2) },
  { header: 'COST', align: 'right', cell: ({ actualCost }) => dollars(actualCost) },
  { header: 'ON DEMAND', align: 'right', cell: ({ onDemandCost }) => dollars(onDemandCost) },
  { header: 'SAVED', align: 'right', cell: ({ savedCost }) => dollars(savedCost) },
  { header: '%', align: 'right', cell: ({ savingsPercent }) => orDash(savingsPercent?.toFixed(0)) },
];

function dollars(amount: number | null): string {
  return amount === null ? 'unknown' : `$${amount.toFixed(4)}`;
}

function missingPrices({ missingPrices: missing }: Costs): readonly string[] {
  return missing.map(
    ({ lifeCycle, instanceType, availabilityZone, hours }) =>
      `unknown price: ${lifeCycle} ${instanceType}${availabilityZone === null ? '' : ` in ${availabilityZone}`}, ${hours.toFixed(2)} hours`,
  );
}
