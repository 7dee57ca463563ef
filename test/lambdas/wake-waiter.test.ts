import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { AwaitedState } from '../../domain/waiting';
import { createHandler } from '../../lambdas/wake-waiter';
import { REPLACEMENT_ID } from '../domain/builders';
import { aRuntime } from './runtime';

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
    detail: { 'instance-id': REPLACEMENT_ID, state },
  };
}

function waitingFor(awaited: AwaitedState): void {
  dynamodb.on(GetItemCommand).resolves({
    Item: marshall({ pk: 'INSTANCE', sk: REPLACEMENT_ID, nodeId: 'smi-1', taskToken: 'the token', awaited }),
  });
}

describe('WakeWaiter', () => {
  const handle = createHandler(aRuntime());

  it.each([
    ['running', 'running'],
    ['terminated', 'terminated'],
  ] as const)('wakes who waits for %s', async (awaited, state) => {
    waitingFor(awaited);

    await expect(handle(stateChange(state))).resolves.toEqual({ woken: true });
    const [success] = sfn.commandCalls(SendTaskSuccessCommand);
    expect(success?.args[0].input).toEqual({
      taskToken: 'the token',
      output: JSON.stringify({ instanceId: REPLACEMENT_ID }),
    });
  });

  it.each(['shutting-down', 'terminated'])('tells who waits for running that it is %s', async (state) => {
    waitingFor('running');

    await expect(handle(stateChange(state))).resolves.toEqual({ woken: true });
    const [failure] = sfn.commandCalls(SendTaskFailureCommand);
    expect(failure?.args[0].input).toEqual({
      taskToken: 'the token',
      error: 'ReplacementLost',
      cause: `${REPLACEMENT_ID} is ${state}`,
    });
  });

  it.each([
    ['running', 'pending'],
    ['terminated', 'shutting-down'],
    ['terminated', 'running'],
  ] as const)('lets who waits for %s wait on at %s', async (awaited, state) => {
    waitingFor(awaited);

    await expect(handle(stateChange(state))).resolves.toEqual({ woken: false });
    expect(sfn.calls()).toHaveLength(0);
  });

  it.each([
    { name: 'not a stateful node', item: undefined },
    { name: 'a stateful node that nobody waits for', item: { nodeId: 'smi-1' } },
  ])('leaves an instance alone that is $name', async ({ item }) => {
    dynamodb.on(GetItemCommand).resolves({ Item: item && marshall(item) });

    await expect(handle(stateChange('running'))).resolves.toEqual({ woken: false });
    expect(sfn.calls()).toHaveLength(0);
  });

  it.each([
    { name: 'no event', event: {} },
    { name: 'an unknown state', event: stateChange('hibernating') },
  ])('refuses $name, so that it shows', async ({ event }) => {
    await expect(handle(event)).rejects.toThrow();
  });
});
