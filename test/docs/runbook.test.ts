/**
 * Checks docs/runbook.md: the reasons of failures, the dead-letter queues with their sources, and that its commands can be
 * pasted. test/infra/alarms.test.ts compares its headings with the alarms.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as errors from '../../domain/errors';
import { waitsForAPerson } from '../../domain/monitoring/needs-a-person';
import { KEEPS_ENDING } from '../../domain/operation/failure-reason';
import { tableRows } from '../../scripts/api-doc/field-table';
import { aNode } from '../domain/builders';
import { readable, resourcesOf, template } from '../infra/synthesized-stack';
import { TASKS } from '../workflows/deployed-definitions';
import { isAwsCommand } from './aws-cli';
import { awsCommandsIn, shellLinesIn, unsetVariablesIn } from './shell-blocks';

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

describe('the reasons of failures', () => {
  const [, after = ''] = markdown.split(/^(?=\| `errorReason` names)/m);
  const rows = tableRows(after.split('\n\n', 1)[0] ?? '').map(([names = '', verdict = '', todo = '']) => ({
    names: [...names.matchAll(/`([\w.]+)`/g)].map(([, name = '']) => name),
    verdict,
    todo,
  }));
  const documented = rows.flatMap(({ names, verdict }) => names.map((name) => ({ name, verdict })));

  /** Every step that may throw them leads on to another step: test/workflows/definition-errors.test.ts. */
  const NEVER_RECORDED = ['HoldfastError', 'OwnershipLost', 'InterfaceMissing'];

  /** Those of Step Functions and Lambda are retried before they are recorded. */
  const ofLambda = TASKS.flatMap(({ state }) => (state.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals)).filter(
    (name) => name.includes('.'),
  );

  test('are all in the table, and no others', () => {
    const recorded = [...Object.keys(errors), ...Object.values(KEEPS_ENDING), ...ofLambda].filter(
      (name) => !NEVER_RECORDED.includes(name),
    );
    expect(documented.map(({ name }) => name).sort()).toEqual([...new Set(recorded)].sort());
  });

  test.each(documented)('$name: $verdict', ({ name, verdict }) => {
    const node = aNode({ failure: { operation: 'launch', errorName: name, count: 1 } });
    expect(verdict).toBe(waitsForAPerson(node) ? 'act' : 'wait');
  });

  test('what the table does not name needs a person', () => {
    expect(rows.at(-1)).toMatchObject({ names: [], verdict: 'act' });
    expect(waitsForAPerson(aNode({ failure: { operation: 'launch', errorName: 'TypeError', count: 1 } }))).toBe(true);
  });

  test('each says what to do', () => {
    for (const { todo } of rows) expect(todo.length).toBeGreaterThan(20);
  });
});

describe('the commands', () => {
  test('use only variables that an earlier line sets', () => {
    expect(unsetVariablesIn(markdown)).toEqual([]);
    expect(unsetVariablesIn('```sh\nA=$B\nB=$A\n```')).toEqual(['2: $B']);
  });

  test('exist in the AWS CLI', () => {
    const commands = awsCommandsIn(markdown);
    expect(commands.length).toBeGreaterThan(40);
    expect(commands.filter((command) => !isAwsCommand(command))).toEqual([]);
  });

  const text = shellLinesIn(markdown)
    .map((each) => each.text)
    .join('\n');

  test("read outputs that the stack has, and use each state machine's", () => {
    const outputs = [...text.matchAll(/\$\(output (\w+)\)/g)].map(([, name = '']) => name);
    expect(outputs.filter((name) => !(name in template.Outputs))).toEqual([]);
    const machines = Object.keys(template.Outputs).filter((name) => name.endsWith('StateMachineArn'));
    expect(outputs).toEqual(expect.arrayContaining(machines));
  });

  test('find exactly one resource each', () => {
    const asked = [...text.matchAll(/\$\(resource ([\w:]+) (\w+)\)/g)];
    expect(asked.length).toBeGreaterThan(8);
    for (const [command, type = '', prefix = ''] of asked) {
      const found = Object.keys(resourcesOf(type)).filter((logicalId) => logicalId.startsWith(prefix));
      expect({ command, found: found.length }).toEqual({ command, found: 1 });
    }
    // CloudFormation lists no more in one response.
    expect(Object.keys(template.Resources).length).toBeLessThanOrEqual(100);
  });
});
