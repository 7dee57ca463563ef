import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { createHandler } from '../../../lambdas/reconciler/handler';
import { aNode, NODE_ID, NOW } from '../../domain/builders';
import { aRuntime, TABLE_NAME } from '../runtime';

const dynamodb = mockClient(DynamoDBClient);
const ec2 = mockClient(EC2Client);
const sfn = mockClient(SFNClient);
const outcome = {
  nodes: 0,
  unreadable: [],
  inError: 0,
  started: [],
  halted: undefined,
  unknown: [],
  held: [],
  expired: [],
};

beforeEach(() => {
  dynamodb.reset();
  ec2.reset();
  sfn.reset();
  ec2.onAnyCommand().resolves({});
  sfn.on(ListExecutionsCommand).resolves({ executions: [] });
});

describe('The reconciler function', () => {
  it.each([
    { name: 'a schedule', event: { 'detail-type': 'Scheduled Event' } },
    { name: 'an event about anything', event: { detail: { executionArn: 'arn:of:nothing' } } },
    { name: 'nothing at all', event: undefined },
  ])('compares everything, whatever event starts it: $name', async ({ event }) => {
    const lines: unknown[] = [];
    dynamodb.on(QueryCommand).resolves({});

    await expect(createHandler(aRuntime({ log: (line) => lines.push(line) }))(event)).resolves.toEqual(outcome);
    expect(lines).toEqual([{ ...outcome, failures: [] }, expect.objectContaining({ UnknownResources: 0, Halted: 0 })]);
    expect(ec2.commandCalls(DescribeInstancesCommand)).toHaveLength(1);
  });

  it('names each record that it cannot read, with the field, and counts them', async () => {
    const lines: unknown[] = [];
    const item = { pk: 'NODE', sk: NODE_ID, schemaVersion: 1, ...aNode({ version: 7 }), generation: 'three' };
    dynamodb.on(QueryCommand).resolves({ Items: [marshall(item, { removeUndefinedValues: true })] });
    dynamodb.on(GetItemCommand).resolves({
      Item: marshall({ deployment: 'Holdfast', tableName: TABLE_NAME, createdAt: NOW }),
    });

    await createHandler(aRuntime({ log: (line) => lines.push(line) }))({});
    expect(lines).toMatchObject([
      {
        nodeId: NODE_ID,
        field: 'generation',
        error: `The record NODE ${NODE_ID} cannot be read: generation: Invalid input: expected number, received string`,
      },
      { nodes: 0, unreadable: [NODE_ID] },
      { UnreadableRecords: 1 },
    ]);
  });

  it('fails if the table fails, so that the alarm goes off', async () => {
    const lines: unknown[] = [];
    dynamodb.on(QueryCommand).rejects(new Error('the table is gone'));

    await expect(createHandler(aRuntime({ log: (line) => lines.push(line) }))({})).rejects.toThrow('the table is gone');
    expect(lines).toEqual([]);
  });

  it('does the rest, logs every failure, and then fails, so that the alarm goes off', async () => {
    const lines: unknown[] = [];
    const nodes = [NODE_ID, 'smi-0000000f'].map((id) => ({ pk: 'NODE', sk: id, schemaVersion: 1, ...aNode({ id }) }));
    dynamodb
      .on(QueryCommand)
      .resolves({ Items: nodes.map((node) => marshall(node, { removeUndefinedValues: true })) })
      .on(GetItemCommand)
      .resolves({ Item: marshall({ deployment: 'Holdfast', tableName: TABLE_NAME, createdAt: NOW }) })
      .on(GetItemCommand, { Key: { pk: { S: 'NODE' } } })
      .rejects(new Error('the table is busy'));

    await expect(createHandler(aRuntime({ log: (line) => lines.push(line) }))({})).rejects.toThrow('the table is busy');
    const failures = ['Error: the table is busy', 'Error: the table is busy'];
    expect(lines).toMatchObject([
      { nodes: 2, started: [], failures },
      { UnknownResources: 0, NodesInError: 0 },
    ]);
  });
});
