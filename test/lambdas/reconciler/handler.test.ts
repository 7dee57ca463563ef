import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { createHandler } from '../../../lambdas/reconciler/handler';
import { aNode, NODE_ID, NOW } from '../../domain/builders';
import type { Measurement } from '../../../domain/monitoring/metrics';
import type { Fields } from '../../../lambdas/monitoring/log';
import { aLog, aRuntime, TABLE_NAME } from '../runtime';

const dynamodb = mockClient(DynamoDBClient);
const ec2 = mockClient(EC2Client);
const sfn = mockClient(SFNClient);
const lines: Fields[] = [];
const measured: Measurement[] = [];
const NO_NODES = { ACTIVE: 0, PAUSING: 0, PAUSED: 0, RESUMING: 0, RECYCLING: 0, DEALLOCATING: 0, ERROR: 0 };
const outcome = {
  nodes: 0,
  report: { byStatus: NO_NODES, needingAPerson: [], missingAddresses: [] },
  unreadable: [],
  started: [],
  halted: undefined,
  unknown: [],
  held: [],
  expired: [],
};

beforeEach(() => {
  lines.length = 0;
  measured.length = 0;
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
    dynamodb.on(QueryCommand).resolves({}).on(GetItemCommand).resolves({});

    await expect(
      createHandler(aRuntime({ log: aLog(lines), measure: (each) => void measured.push(each) }))(event),
    ).resolves.toEqual(outcome);
    expect(lines).toEqual([{ level: 'INFO', message: 'reconciled', ...outcome }]);
    expect(measured).toContainEqual(
      expect.objectContaining({
        group: 'findings',
        values: expect.objectContaining({ UnknownResources: 0, Halted: 0 }),
      }),
    );
    expect(ec2.commandCalls(DescribeInstancesCommand)).toHaveLength(1);
  });

  it.each([
    { name: 'seconds since the event', event: { time: '2026-11-03T09:58:30.000Z' }, age: { FindingsAge: 90 } },
    { name: 'not negative, although clocks differ', event: { time: '2026-11-03T10:00:02Z' }, age: { FindingsAge: 0 } },
    { name: 'not measured if a person starts the run', event: {}, age: {} },
    { name: 'not measured if the time is unreadable', event: { time: 'yesterday' }, age: {} },
  ])('the age of what it finds is $name', async ({ event, age }) => {
    dynamodb.on(QueryCommand).resolves({}).on(GetItemCommand).resolves({});
    await createHandler(aRuntime({ measure: (each) => void measured.push(each) }))(event);

    const [{ FindingsAge, ...others } = {}] = measured.map(({ values }): Record<string, number> => values);
    expect(others).toMatchObject({ Repairs: 0 });
    expect(FindingsAge === undefined ? {} : { FindingsAge }).toEqual(age);
  });

  it('names each record that it cannot read, with the field, and counts them', async () => {
    const item = { pk: 'NODE#0', sk: NODE_ID, schemaVersion: 1, ...aNode({ version: 7 }), generation: 'three' };
    const Item = marshall(item, { removeUndefinedValues: true });
    dynamodb
      .on(QueryCommand)
      .resolves({})
      .on(QueryCommand, { ExpressionAttributeValues: { ':shard': { S: '0' } } })
      .resolves({ Items: [{ sk: { S: NODE_ID } }] })
      .on(GetItemCommand)
      .resolves({ Item: marshall({ deployment: 'Holdfast', tableName: TABLE_NAME, createdAt: NOW }) })
      .on(GetItemCommand, { Key: { pk: { S: 'NODE#0' } } })
      .resolves({ Item });

    await createHandler(aRuntime({ log: aLog(lines), measure: (each) => void measured.push(each) }))({});
    expect(lines).toMatchObject([
      {
        level: 'ERROR',
        message: 'record unreadable',
        nodeId: NODE_ID,
        field: 'generation',
        error: `The record NODE ${NODE_ID} cannot be read: generation: Invalid input: expected number, received string`,
      },
      { message: 'reconciled', nodes: 0, unreadable: [NODE_ID] },
    ]);
    expect(measured[0]).toMatchObject({ group: 'findings', values: { UnreadableRecords: 1 } });
  });

  it('fails if the table fails, so that the alarm goes off', async () => {
    dynamodb.on(QueryCommand).rejects(new Error('the table is gone'));

    await expect(
      createHandler(aRuntime({ log: aLog(lines), measure: (each) => void measured.push(each) }))({}),
    ).rejects.toThrow('the table is gone');
    expect(lines).toEqual([]);
  });

  it('does the rest, logs every failure, and then fails, so that the alarm goes off', async () => {
    const nodes = [NODE_ID, 'smi-0000000f'].map((id) =>
      marshall({ pk: 'NODE#0', sk: id, schemaVersion: 1, ...aNode({ id }) }, { removeUndefinedValues: true }),
    );
    const own = { Item: marshall({ deployment: 'Holdfast', tableName: TABLE_NAME, createdAt: NOW }) };
    dynamodb
      .on(QueryCommand)
      .resolves({})
      .on(QueryCommand, { ExpressionAttributeValues: { ':shard': { S: '0' } } })
      .resolves({ Items: nodes.map(({ sk }) => ({ sk: sk! })) })
      .on(GetItemCommand)
      .resolves(own);
    for (const Item of nodes) {
      dynamodb
        .on(GetItemCommand, { Key: { pk: { S: 'NODE#0' }, sk: Item.sk! } })
        .resolvesOnce({ Item })
        .rejects(new Error('the table is busy'));
    }

    await expect(
      createHandler(aRuntime({ log: aLog(lines), measure: (each) => void measured.push(each) }))({}),
    ).rejects.toThrow('the table is busy');
    const error = new Error('the table is busy');
    expect(lines).toMatchObject([
      { level: 'WARN', message: 'node without its address', nodeId: 'smi-0000000f' },
      { level: 'WARN', message: 'node without its address', nodeId: NODE_ID },
      { level: 'ERROR', message: 'repair failed', error },
      { level: 'ERROR', message: 'repair failed', error },
      { message: 'reconciled', nodes: 2, report: { byStatus: { ACTIVE: 2 } }, started: [] },
    ]);
    expect(measured[0]).toMatchObject({ values: { UnknownResources: 0, FailedRepairs: 2, NodesWithoutAddress: 2 } });
  });
});
