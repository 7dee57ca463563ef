import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { AwaitedState } from '../../../domain/operation/await-instance';
import { createHandler } from '../../../lambdas/wake-waiter/handler';
import { aBusyNode, aNode, NODE_ID, NOW, OLD_INSTANCE_ID, REPLACEMENT_ID } from '../../domain/builders';
import { aRuntime } from '../runtime';

const dynamodb = mockClient(DynamoDBClient);
const sfn = mockClient(SFNClient);

beforeEach(() => {
  dynamodb.reset();
  sfn.reset();
});

function stateChange(state: string): unknown {
  return {
    source: 'aws.ec2',
    'detail-type': 'EC2 Instance State-change Notification',
    time: '2026-11-03T10:00:05Z',
    detail: { 'instance-id': REPLACEMENT_ID, state },
  };
}

/** What the index holds about the instance: nothing if it belongs to no node. */
function known(item: Readonly<Record<string, string>> | undefined): void {
  dynamodb.on(UpdateItemCommand).resolves({});
  dynamodb.on(GetItemCommand).resolves({});
  for (const id of [REPLACEMENT_ID, OLD_INSTANCE_ID]) {
    const Key = { pk: { S: 'INSTANCE' }, sk: { S: id } };
    dynamodb.on(GetItemCommand, { Key }).resolves({ Item: item && marshall(item) });
  }
}

function waitingFor(awaited: AwaitedState): void {
  known({ nodeId: NODE_ID, taskToken: 'the token', awaited });
}

describe('WakeWaiter', () => {
  const handle = createHandler(aRuntime());

  it.each([
    ['running', 'running'],
    ['terminated', 'terminated'],
  ] as const)('wakes the execution that waits for %s', async (awaited, state) => {
    waitingFor(awaited);

    await expect(handle(stateChange(state))).resolves.toEqual({ woken: true });
    const [success] = sfn.commandCalls(SendTaskSuccessCommand);
    expect(success?.args[0].input).toEqual({
      taskToken: 'the token',
      output: JSON.stringify({ instanceId: REPLACEMENT_ID, state, at: '2026-11-03T10:00:05.000Z' }),
    });
  });

  it('does nothing about an instance that starts: the event only warms the container up', async () => {
    waitingFor('running');
    await expect(handle(stateChange('pending'))).resolves.toEqual({ woken: false });
    expect(dynamodb.calls()).toEqual([]);
    expect(sfn.calls()).toEqual([]);
  });

  it.each(['shutting-down', 'terminated'])('fails the wait for running if the instance is %s', async (state) => {
    waitingFor('running');

    await expect(handle(stateChange(state))).resolves.toEqual({ woken: true });
    const [failure] = sfn.commandCalls(SendTaskFailureCommand);
    expect(failure?.args[0].input).toEqual({
      taskToken: 'the token',
      error: 'ReplacementLost',
      cause: `${REPLACEMENT_ID} is ${state}`,
    });
  });

  it('fails the wait for running if the instance is stopped', async () => {
    waitingFor('running');

    await expect(handle(stateChange('stopped'))).resolves.toEqual({ woken: true });
    const [failure] = sfn.commandCalls(SendTaskFailureCommand);
    expect(failure?.args[0].input).toEqual({
      taskToken: 'the token',
      error: 'ReplacementStopped',
      cause: `${REPLACEMENT_ID} is stopped`,
    });
  });

  it.each([
    ['running', 'pending'],
    ['terminated', 'shutting-down'],
    ['terminated', 'running'],
  ] as const)('lets an execution that waits for %s wait on at %s', async (awaited, state) => {
    waitingFor(awaited);

    await expect(handle(stateChange(state))).resolves.toEqual({ woken: false });
    expect(sfn.calls()).toHaveLength(0);
  });

  it.each([
    { name: 'not a stateful node', item: undefined },
    { name: 'a stateful node without a waiter', item: { nodeId: NODE_ID } },
  ])('leaves an instance alone that is $name', async ({ item }) => {
    known(item);

    await expect(handle(stateChange('running'))).resolves.toEqual({ woken: false });
    expect(sfn.calls()).toHaveLength(0);
  });

  it.each(['stopping', 'stopped', 'shutting-down', 'terminated'])(
    'ends a drain if the instance is %s',
    async (state) => {
      waitingFor('drained');

      await expect(handle(stateChange(state))).resolves.toEqual({ woken: true });
      expect(sfn.commandCalls(SendTaskSuccessCommand)[0]?.args[0].input).toEqual({
        taskToken: 'the token',
        output: JSON.stringify({ seconds: 0 }),
      });
    },
  );

  it('records the state from the event, for a step that is about to wait', async () => {
    known({ nodeId: NODE_ID });
    await handle(stateChange('running'));

    expect(dynamodb.commandCalls(UpdateItemCommand)[0]?.args[0].input).toMatchObject({
      Key: { pk: { S: 'STATE' }, sk: { S: REPLACEMENT_ID } },
      ExpressionAttributeValues: { ':state': { S: 'running' }, ':at': { S: '2026-11-03T10:00:05Z' } },
    });
  });

  it.each([
    { name: 'the instance of a node at rest', node: aNode(), state: 'terminated', starts: true },
    { name: 'that of a node that an operation owns', node: aBusyNode(), state: 'terminated', starts: false },
    { name: 'one that may run again', node: aNode(), state: 'stopped', starts: false },
  ])('starts a replacement for $name that is $state: $starts', async ({ node, state, starts }) => {
    known({ nodeId: NODE_ID, taskToken: 'of a wait that is over', awaited: 'running' });
    const Key = { pk: { S: 'NODE#0' }, sk: { S: NODE_ID } };
    dynamodb.on(GetItemCommand, { Key }).resolves({ Item: marshall({ ...node }, { removeUndefinedValues: true }) });
    const outcome = await handle({
      ...(stateChange(state) as object),
      detail: { 'instance-id': OLD_INSTANCE_ID, state },
    });

    expect('started' in (outcome as object)).toBe(starts);
    const started = sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input);
    expect(started.map(({ name }) => name)).toEqual(starts ? [`${NODE_ID}-lost-${OLD_INSTANCE_ID}`] : []);
    if (starts) {
      expect(JSON.parse(started[0]?.input ?? '')).toEqual({
        nodeId: NODE_ID,
        reason: `${OLD_INSTANCE_ID} is terminated`,
        instanceId: OLD_INSTANCE_ID,
        endsAt: NOW,
        cause: 'lost',
      });
    }
  });

  it.each([
    { name: 'no event', event: {} },
    { name: 'an unknown state', event: stateChange('hibernating') },
  ])('fails for $name, so that the error is seen', async ({ event }) => {
    await expect(handle(event)).rejects.toThrow();
  });
});
