/** Checks docs/costs.md: its figures are those of the template, of the simulator and of the price list. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { METRIC_GROUPS } from '../../domain/monitoring/metrics';
import { tableRows } from '../../scripts/api-doc/field-table';
import { measureReplacement } from '../../scripts/costs/measure';
import { PRICES } from '../../scripts/costs/prices';
import { costTables, ELASTIC_IP_PER_MONTH, NODES_AT_REST, tableIn, type Tables } from '../../scripts/costs/tables';
import { statusItemSchema } from '../../lambdas/api/node-items';
import { template } from '../infra/synthesized-stack';

const markdown = readFileSync(resolve(__dirname, '../../docs/costs.md'), 'utf8');
const documented = (name: keyof Tables) => tableRows(tableIn(markdown, name));

test('the tables are up to date: otherwise run "npx tsx scripts/costs.ts" and "npm run format"', async () => {
  const { idle, cold, hot, prices } = await costTables(template);
  expect(documented('idle')).toEqual(idle.slice(1));
  expect(documented('cold')).toEqual(cold.slice(1));
  expect(documented('hot')).toEqual(hot.slice(1));
  expect(documented('prices')).toEqual(prices.slice(1));
});

test('the reconciler measures every finding, and the number of nodes of each status', () => {
  const [metrics] = documented('idle').filter(([what]) => what === "the reconciler's metrics");
  const { findings, nodes } = METRIC_GROUPS;
  const statuses = statusItemSchema.shape.status.options.length;
  const all = Object.keys(findings.metrics).length + Object.keys(nodes.metrics).length * statuses;
  expect(metrics?.[1]).toBe(String(all));
});

test('a replacement invokes a function for each of its steps, and for the events of its instances', async () => {
  const { invocations, transitions } = await measureReplacement(template, 'cold');
  const events = 3;
  // Choices and waits that invoke nothing are transitions, too.
  expect(invocations).toBeGreaterThan(events);
  expect(invocations).toBeLessThan(transitions + events);
  expect(documented('cold').find(([what]) => what === 'invocations')?.[1]).toBe(
    (invocations * 1_000).toLocaleString('en-US'),
  );
});

test('the text has the same figures', () => {
  expect(markdown).toContain(`With ${NODES_AT_REST} nodes,`);
  expect(markdown).toContain(`Each Elastic IP costs $${ELASTIC_IP_PER_MONTH} a month`);
  expect(markdown).toContain(`API Gateway ($${PRICES.apiRequest.usd * 1e6} per million requests)`);
});

test('the README has the same figures', () => {
  const totalOf = (name: 'idle' | 'cold') => Number(documented(name).at(-1)?.at(-1)?.replaceAll('*', ''));
  const readme = readFileSync(resolve(__dirname, '../../README.md'), 'utf8').replaceAll(/\s+/g, ' ');
  // The table is of a thousand replacements, in dollars.
  const cents = (totalOf('cold') / 10).toFixed(1);
  expect(readme).toContain(
    `about $${Math.round(totalOf('idle'))} a month at rest, and ${cents} cents for each replacement`,
  );
});
