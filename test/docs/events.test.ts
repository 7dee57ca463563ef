/** Checks docs/events.md: its table has the fields of the event, and its rule matches what Holdfast puts on the bus. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { statusChange } from '../../domain/operation/status-change';
import { announceStatus } from '../../lambdas/adapters/eventbridge';
import { tableRows } from '../../scripts/api-doc/field-table';
import { compilePattern } from '../../simulator/event-bridge/event-pattern';
import { aNode } from '../domain/builders';
import { aLog } from '../lambdas/runtime';
import { isAwsCommand } from './aws-cli';
import { awsCommandsIn, shellLinesIn, unsetVariablesIn } from './shell-blocks';

const markdown = readFileSync(resolve(__dirname, '../../docs/events.md'), 'utf8');
const [pattern, message] = [...markdown.matchAll(/```json\n([^]*?)```/g)].map(([, json = '']): any => JSON.parse(json));
const putByHand = shellLinesIn(markdown).map(({ text }) => /put-events --entries '(.*)'$/.exec(text)?.[1] ?? '');
const [entry] = JSON.parse(putByHand.find((json) => json !== '') ?? '[]') as readonly [Record<string, string>];

interface PutEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, string>>;
}

/** The event as EventBridge delivers it. */
async function eventOf(status: 'ERROR' | 'PAUSED'): Promise<PutEvent> {
  const change = statusChange(aNode(), aNode({ status, errorReason: 'launch failed: NoCapacity.' }));
  if (change === undefined) throw new Error('the status has not changed');
  const mock = mockClient(EventBridgeClient);
  mock.on(PutEventsCommand).resolves({});
  await announceStatus(new EventBridgeClient({ region: 'us-east-1' }), 'Holdfast', aLog())(change);
  const [{ Source = '', DetailType = '', Detail = '' } = {}] =
    mock.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
  return { source: Source, 'detail-type': DetailType, detail: JSON.parse(Detail) };
}

test('every field of the event is in the table, and no other', async () => {
  const [, after = ''] = markdown.split(/^(?=\| `detail`)/m);
  const documented = tableRows(after.split('\n\n', 1)[0] ?? '').map(([field = '']) => field.slice(1, -1));
  expect(documented).toEqual(Object.keys((await eventOf('ERROR')).detail));
});

test('the rule matches a node that goes to ERROR, and no other change', async () => {
  const matches = compilePattern(pattern);
  expect(matches({ ...(await eventOf('ERROR')) })).toBe(true);
  expect(matches({ ...(await eventOf('PAUSED')) })).toBe(false);
});

test('the sentence names only fields of the event', async () => {
  const { InputPathsMap, InputTemplate } = message;
  const fields = Object.values(InputPathsMap).map((path) => String(path).replace('$.detail.', ''));
  expect(Object.keys((await eventOf('ERROR')).detail)).toEqual(expect.arrayContaining(fields));
  const used = [...String(InputTemplate).matchAll(/<(\w+)>/g)].map(([, name]) => name);
  expect(used.sort()).toEqual(Object.keys(InputPathsMap).sort());
});

test('the event that is sent by hand matches the rule', () => {
  const { Source, DetailType, Detail = '' } = entry;
  const sent = { source: Source ?? '', 'detail-type': DetailType ?? '', detail: JSON.parse(Detail) };
  expect(compilePattern(pattern)(sent)).toBe(true);
});

test('the commands can be pasted', () => {
  expect(unsetVariablesIn(markdown)).toEqual([]);
  expect(awsCommandsIn(markdown).filter((command) => !isAwsCommand(command))).toEqual([]);
});
