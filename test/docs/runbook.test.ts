/** Checks docs/runbook.md: it has every alarm, and every dead-letter queue with its sources. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readable, resourcesOf } from '../infra/synthesized-stack';

const markdown = readFileSync(resolve(__dirname, '../../docs/runbook.md'), 'utf8');

/** Returns what sends to a dead-letter queue: rules, and functions that are invoked asynchronously. */
function sources(): readonly { readonly queue: string; readonly source: string }[] {
  const nameOf = (arn: string) => arn.replace(/^<(\w+)\.Arn>$/, '$1');
  const rules = Object.entries(resourcesOf('AWS::Events::Rule')).map(([source, { Properties }]) => ({
    source,
    queue: nameOf(readable(Properties.Targets[0].DeadLetterConfig.Arn)),
  }));
  const functions = Object.entries(resourcesOf('AWS::Lambda::Function'))
    .filter(([, { Properties }]) => Properties.DeadLetterConfig !== undefined)
    .map(([source, { Properties }]) => ({ source, queue: nameOf(readable(Properties.DeadLetterConfig.TargetArn)) }));
  return [...rules, ...functions];
}

test.each(Object.keys(resourcesOf('AWS::SQS::Queue')))('%s has a row', (queue) => {
  expect(markdown).toMatch(new RegExp(`^\\| \`${queue}\` `, 'm'));
});

test.each(sources())('the row of $queue names its source $source', ({ queue, source }) => {
  const rows = markdown.split('\n').filter((line) => line.startsWith(`| \`${queue}\``));
  expect(rows.filter((row) => row.includes(`\`${source}\``))).toHaveLength(1);
});

const alarms = Object.values(resourcesOf('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties.AlarmName);

test.each(alarms)('%s has a heading', (alarm) => {
  const headings = markdown.split('\n').filter((line) => line.startsWith('## '));
  expect(headings.filter((heading) => heading.split(/[\s,:]+/).includes(alarm))).toHaveLength(1);
});
