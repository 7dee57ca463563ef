import { DynamoDBClient, DynamoDBServiceException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { createHandler } from '../../../lambdas/steps/handler';
import { aBusyNode, aNode, NODE_ID, NOW, OLD_INSTANCE_ID } from '../../domain/builders';
import type { Fields } from '../../../lambdas/monitoring/log';
import { aLog, aRuntime, TABLE_NAME } from '../runtime';

const dynamodb = mockClient(DynamoDBClient);
const ec2 = mockClient(EC2Client);
const events = mockClient(EventBridgeClient);

beforeEach(() => {
  dynamodb.reset();
  ec2.reset();
  events.reset();
});

describe('The function of all steps', () => {
  const logged: Fields[] = [];
  let handle: ReturnType<typeof createHandler>;
  const operation = { nodeId: NODE_ID, generation: 4 };
  const owns = (oldInstanceId: string | undefined) =>
    dynamodb
      .on(GetItemCommand)
      .resolves({ Item: marshall(aBusyNode({}, { oldInstanceId }), { removeUndefinedValues: true }) });
  /** The table has the node, and no operation owns it. */
  const isAtRest = () => {
    events.on(PutEventsCommand).resolves({});
    dynamodb
      .on(GetItemCommand)
      .resolves({ Item: marshall({ deployment: 'Holdfast', tableName: TABLE_NAME, createdAt: NOW }) })
      .on(GetItemCommand, { Key: { pk: { S: 'NODE#f' } } })
      .resolves({})
      .on(GetItemCommand, { Key: { pk: { S: 'NODE' } } })
      .resolves({})
      .on(GetItemCommand, { Key: { pk: { S: 'NODE#0' }, sk: { S: NODE_ID } } })
      .resolves({ Item: marshall(aNode(), { removeUndefinedValues: true }) })
      .on(PutItemCommand)
      .resolves({});
  };

  /** The lines in the node logs. */
  const lines = () =>
    dynamodb.commandCalls(PutItemCommand).flatMap(({ args: [{ input }] }) => {
      const { pk, createdAt, severity, message } = unmarshall(input.Item!);
      return [{ nodeId: String(pk).replace('LOG#', ''), createdAt, severity, message }];
    });

  beforeEach(() => {
    logged.length = 0;
    // The log of another test is still about that test's node.
    handle = createHandler(aRuntime({ log: aLog(logged) }));
  });

  it('runs the named step, and logs its output', async () => {
    owns(undefined);
    const output = await handle({ step: 'terminate-instance', ...operation });

    expect(output).toEqual({ instanceId: null });
    expect(logged).toEqual([
      { level: 'INFO', message: 'step done', step: 'terminate-instance', nodeId: NODE_ID, generation: 4, output },
    ]);
  });

  it('names the operation and its execution on each line', async () => {
    owns(undefined);
    const input = { ...operation, operation: 'replace', executionId: 'arn:of:the:execution' };
    await handle({ step: 'terminate-instance', ...input });

    expect(logged).toMatchObject([input]);
  });

  it('says of an error that the state machine retries that it is no failure yet', async () => {
    dynamodb
      .on(GetItemCommand)
      .rejects(new DynamoDBServiceException({ name: 'ThrottlingException', $fault: 'client', $metadata: {} }));

    await expect(handle({ step: 'ensure-eni', ...operation })).rejects.toMatchObject({ name: 'Throttled' });
    expect(logged).toMatchObject([{ level: 'INFO', message: 'step to be tried again', error: { name: 'Throttled' } }]);
  });

  it('throws what the step throws, under its own name, and logs it', async () => {
    dynamodb.on(GetItemCommand).resolves({});

    await expect(handle({ step: 'ensure-eni', ...operation })).rejects.toMatchObject({ name: 'OwnershipLost' });
    expect(logged).toMatchObject([
      { level: 'WARN', message: 'step failed', step: 'ensure-eni', nodeId: NODE_ID, error: { name: 'OwnershipLost' } },
    ]);
    expect(lines()).toEqual([
      {
        nodeId: NODE_ID,
        createdAt: NOW,
        severity: 'WARN',
        message: `ensure-eni: OwnershipLost: operation 4 no longer owns ${NODE_ID}; none does`,
      },
    ]);
  });

  it('writes what a step did to the log of the node', async () => {
    owns(OLD_INSTANCE_ID);
    ec2.on(DescribeInstancesCommand).resolves({});
    await handle({ step: 'terminate-instance', ...operation });

    const message = `terminating ${OLD_INSTANCE_ID}`;
    expect(lines()).toEqual([{ nodeId: NODE_ID, createdAt: NOW, severity: 'INFO', message }]);
  });

  it.each([
    {
      name: 'the log of the node that it has taken',
      nodeId: NODE_ID,
      expected: [{ nodeId: NODE_ID, createdAt: NOW, severity: 'INFO', message: 'operation 4 begins: requested' }],
    },
    { name: 'no log if there is no such node', nodeId: 'smi-ffffffff', expected: [] },
  ])('writes the first step to $name', async ({ nodeId, expected }) => {
    isAtRest();
    const trigger = { nodeId, reason: 'requested' };
    await handle({ step: 'take-node', operation: 'replace', executionId: 'second', trigger });

    expect(lines().filter(({ message }) => message !== undefined)).toEqual(expected);
  });

  it('names the node and the operation on the line of the first step, whose event has neither', async () => {
    isAtRest();
    const trigger = { nodeId: NODE_ID, reason: 'requested' };
    await handle({ step: 'take-node', operation: 'pause', executionId: 'second', trigger });

    const expected = { nodeId: NODE_ID, generation: 4, operation: 'pause', executionId: 'second' };
    expect(logged).toEqual([expect.objectContaining({ message: 'step done', step: 'take-node', ...expected })]);
  });

  describe('without a node log that can be written', () => {
    const refusal = new Error('the table is busy');
    const LOG = { Item: { pk: { S: `LOG#${NODE_ID}` } } };

    it('returns the output of the step, and logs the line itself', async () => {
      owns(OLD_INSTANCE_ID);
      ec2.on(DescribeInstancesCommand).resolves({});
      dynamodb.on(PutItemCommand, LOG).rejects(refusal);
      const output = { instanceId: OLD_INSTANCE_ID };

      await expect(handle({ step: 'terminate-instance', ...operation })).resolves.toEqual(output);
      expect(logged).toEqual([
        expect.objectContaining({ step: 'terminate-instance', nodeId: NODE_ID, output }),
        expect.objectContaining({
          level: 'WARN',
          nodeId: NODE_ID,
          line: { severity: 'INFO', message: `terminating ${OLD_INSTANCE_ID}` },
          error: refusal,
        }),
      ]);
    });

    it('throws what the step throws', async () => {
      dynamodb.on(GetItemCommand).resolves({});
      dynamodb.on(PutItemCommand, LOG).rejects(refusal);

      await expect(handle({ step: 'ensure-eni', ...operation })).rejects.toMatchObject({ name: 'OwnershipLost' });
      expect(logged).toMatchObject([
        { step: 'ensure-eni', nodeId: NODE_ID },
        { nodeId: NODE_ID, line: { severity: 'WARN' }, error: refusal },
      ]);
    });
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
    const written = dynamodb.commandCalls(PutItemCommand).map(({ args: [{ input }] }) => input.Item?.pk?.S ?? '');
    expect(written.filter((pk) => pk.startsWith('NODE'))).toEqual([]);
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
