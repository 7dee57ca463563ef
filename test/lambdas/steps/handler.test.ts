import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { createHandler } from '../../../lambdas/steps/handler';
import { aBusyNode, NODE_ID } from '../../domain/builders';
import { aRuntime } from '../runtime';

const dynamodb = mockClient(DynamoDBClient);

beforeEach(() => dynamodb.reset());

describe('The function of all steps', () => {
  const logged: unknown[] = [];
  const handle = createHandler(aRuntime({ log: (entry) => logged.push(entry) }));
  const operation = { nodeId: NODE_ID, generation: 4 };

  beforeEach(() => {
    logged.length = 0;
  });

  it('runs the named step, and logs its output', async () => {
    dynamodb
      .on(GetItemCommand)
      .resolves({ Item: marshall(aBusyNode({}, { oldInstanceId: undefined }), { removeUndefinedValues: true }) });
    const output = await handle({ step: 'terminate-instance', ...operation });

    expect(output).toEqual({ instanceId: null });
    expect(logged).toEqual([{ step: 'terminate-instance', nodeId: NODE_ID, output }]);
  });

  it('throws what the step throws, under its own name, and logs it', async () => {
    dynamodb.on(GetItemCommand).resolves({});

    await expect(handle({ step: 'ensure-eni', ...operation })).rejects.toMatchObject({ name: 'OwnershipLost' });
    expect(logged).toMatchObject([
      { step: 'ensure-eni', nodeId: NODE_ID, error: expect.stringMatching(/OwnershipLost/) },
    ]);
  });

  it.each([
    'ensure-eni',
    'detach-eni',
    'attach-eni',
    'associate-eip',
    'launch-instance',
    'terminate-instance',
    'confirm-node',
  ])('%s works only for the operation that owns the node', async (step) => {
    dynamodb
      .on(GetItemCommand)
      .resolves({ Item: marshall(aBusyNode({}, { generation: 5 }), { removeUndefinedValues: true }) });

    await expect(handle({ step, ...operation })).rejects.toMatchObject({ name: 'OwnershipLost' });
    const written = dynamodb.commandCalls(PutItemCommand).map(({ args: [{ input }] }) => input.Item?.pk?.S);
    expect(written).not.toContain('NODE');
  });

  it.each([
    { name: 'an unknown step', event: { step: 'reboot-instance', ...operation } },
    { name: 'no step', event: operation },
    { name: 'a step without its node', event: { step: 'ensure-eni', generation: 4 } },
    { name: 'a generation that is no number', event: { step: 'ensure-eni', nodeId: NODE_ID, generation: '4' } },
    {
      name: 'a wait for an unknown state',
      event: { step: 'await-instance', ...operation, which: 'old', awaited: 'stopped', taskToken: 't' },
    },
    {
      name: 'a wait without a token',
      event: { step: 'await-instance', ...operation, which: 'old', awaited: 'running' },
    },
    { name: 'nothing', event: undefined },
  ])('refuses $name', async ({ event }) => {
    await expect(handle(event)).rejects.toMatchObject({ name: 'ZodError' });
    expect(dynamodb.calls()).toHaveLength(0);
  });
});
