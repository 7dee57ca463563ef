/**
 * Every alarm of the template, provoked: what goes wrong happens in the simulated account, the functions measure it, and the
 * alarm evaluates what they have measured.
 */
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateNetworkInterfaceCommand, DisassociateAddressCommand, ReleaseAddressCommand } from '@aws-sdk/client-ec2';
import type { CreateHandler } from '../../lambdas/runtime';
import { refuse, UNAUTHORIZED } from './long-play';
import { plays, type Play, type PlayOptions } from './play';
import { withReplaced } from './replaced-function';

const open = plays();

const MINUTE = 60;
const fails: CreateHandler = () => () => Promise.reject(new Error('it is broken'));

/** With the schedule, as when deployed. */
const openWatched = ({ controlPlane, ...options }: PlayOptions = {}): Promise<Play> =>
  open({ ...options, controlPlane: { schedules: true, ...controlPlane } });

/** The alarms that have gone off, by name without the stack's, in the order of time. */
const ringing = (play: Play): readonly string[] =>
  play.sandbox.plane.cloudWatch
    .alarmChanges()
    .filter(({ state }) => state === 'ALARM')
    .map(({ alarm }) => alarm.name.replace(/^Holdfast-/, ''));

async function create(play: Play): Promise<void> {
  await play.startCreating();
  await play.passSeconds(5 * MINUTE);
  expect(await play.node()).toMatchObject({ status: 'ACTIVE' });
}

describe('An address that is away', () => {
  test.each(['cold', 'hot'] as const)(
    '%s: an hour without capacity pages once, within 11 minutes, and is over when the address is back',
    async (attachment) => {
      const play = await openWatched({ attachment });
      await create(play);
      play.setCapacity(0);
      const { instance } = await play.node();
      await play.terminateByHand(instance?.id ?? '');
      const lostAt = play.clock.now();
      await play.passSeconds(60 * MINUTE);

      const changes = play.sandbox.plane.cloudWatch.alarmChanges();
      expect(changes.map(({ alarm, state }) => [alarm.name, state])).toEqual([['Holdfast-address-away', 'ALARM']]);
      expect((changes[0]!.at - lostAt) / 1000).toBeGreaterThan(8 * MINUTE);
      expect((changes[0]!.at - lostAt) / 1000).toBeLessThanOrEqual(11 * MINUTE);

      play.setCapacity(Infinity);
      await play.passSeconds(15 * MINUTE);
      expect(await play.node()).toMatchObject({ status: 'ACTIVE' });
      expect(play.sandbox.plane.cloudWatch.alarmChanges().map(({ state }) => state)).toEqual(['ALARM', 'OK']);
    },
  );

  test('a replacement pages nobody', async () => {
    const play = await openWatched();
    await create(play);
    await play.interrupt();
    await play.passSeconds(20 * MINUTE);

    expect(play.callsOf('RunInstances')).toHaveLength(2);
    expect(ringing(play)).toEqual([]);
  });

  test('a pause pages nobody, however long it lasts', async () => {
    const play = await openWatched();
    await create(play);
    await play.settle(play.service.act(play.nodeId, 'pause'));
    await play.passSeconds(60 * MINUTE);

    expect(await play.node()).toMatchObject({ status: 'PAUSED' });
    expect(ringing(play)).toEqual([]);
  });
});

interface Row {
  readonly alarms: readonly string[];
  readonly when: string;
  readonly options?: PlayOptions;
  readonly happens: (play: Play) => Promise<void>;
}

const rows: readonly Row[] = [
  {
    alarms: ['nodes-need-a-person', 'address-away'],
    when: 'the Elastic IP of a node is released',
    happens: async (play) => {
      await create(play);
      const { client } = play.sandbox.ec2;
      await play.settle(client.send(new DisassociateAddressCommand({ AssociationId: play.associationId() })));
      await play.settle(client.send(new ReleaseAddressCommand({ AllocationId: play.elasticIp })));
      await play.passSeconds(15 * MINUTE);
    },
  },
  {
    alarms: ['unknown-resources'],
    when: 'an interface has the tags of a node that no record accounts for',
    happens: async (play) => {
      await create(play);
      const Tags = [
        { Key: 'holdfast:deployment', Value: 'Holdfast' },
        { Key: 'holdfast:node-id', Value: 'smi-ffffffff' },
      ];
      const command = new CreateNetworkInterfaceCommand({
        SubnetId: play.sandbox.account.subnetIds[0],
        TagSpecifications: [{ ResourceType: 'network-interface', Tags }],
      });
      await play.settle(play.sandbox.ec2.client.send(command));
      await play.passSeconds(10 * MINUTE);
    },
  },
  {
    alarms: ['halted'],
    when: 'the table has lost its identity',
    happens: async (play) => {
      await create(play);
      const { dynamodb, tableNames } = play.sandbox.plane;
      const Key = { pk: { S: 'DEPLOYMENT' }, sk: { S: 'IDENTITY' } };
      await play.settle(dynamodb.send(new DeleteItemCommand({ TableName: tableNames[0], Key })));
      await play.passSeconds(5 * MINUTE);
    },
  },
  {
    alarms: ['healing-held'],
    when: 'two nodes of two fail their checks',
    happens: async (play) => {
      const healing = (document: Awaited<ReturnType<Play['document']>>) => ({
        ...document,
        compute: { ...document.compute, privateIp: undefined },
        healthCheck: { autoHealing: true },
      });
      const instanceIds: string[] = [];
      for (let count = 0; count < 2; count += 1) {
        await play.startCreating((document) => healing(document));
        await play.passSeconds(5 * MINUTE);
        instanceIds.push((await play.node()).instance?.id ?? '');
      }
      for (const id of instanceIds) play.sandbox.ec2.impairInstance(id);
      await play.passSeconds(15 * MINUTE);
    },
  },
  {
    alarms: ['unreadable-records'],
    when: 'a person has damaged a record',
    happens: async (play) => {
      await create(play);
      const { dynamodb, tableNames } = play.sandbox.plane;
      const Item = { pk: { S: 'NODE' }, sk: { S: 'smi-00000000' }, generation: { S: 'three' } };
      await play.settle(dynamodb.send(new PutItemCommand({ TableName: tableNames[0], Item })));
      await play.passSeconds(5 * MINUTE);
    },
  },
  {
    alarms: ['reconciler-events-undelivered', 'reconciler-failing'],
    when: 'the reconciler fails',
    options: { controlPlane: withReplaced('lambdas/reconciler/handler.ts', () => fails) },
    happens: (play) => play.passSeconds(8 * MINUTE),
  },
  {
    alarms: ['reconciler-silent'],
    when: 'the reconciler does not run',
    options: { controlPlane: { schedules: false } },
    happens: (play) => play.passSeconds(12 * MINUTE),
  },
  {
    alarms: ['address-away', 'executions-failing'],
    when: 'the steps function is broken',
    options: { controlPlane: withReplaced('lambdas/steps/handler.ts', () => fails) },
    happens: async (play) => {
      await play.startCreating();
      await play.passSeconds(30 * MINUTE);
    },
  },
  {
    alarms: ['api-failing'],
    when: 'the API function is broken',
    options: { controlPlane: withReplaced('lambdas/api/handler.ts', () => fails) },
    happens: async (play) => {
      const response = await play.settle(play.sandbox.plane.request({ method: 'GET', path: '/health' }));
      expect(response.status).toBe(500);
      await play.passSeconds(2 * MINUTE);
    },
  },
  {
    alarms: ['api-failing', 'token-unusable'],
    when: 'the secret with the tokens is not JSON',
    options: {
      controlPlane: withReplaced(
        'lambdas/api/handler.ts',
        (real) => (runtime) => real({ ...runtime, secrets: { send: async () => ({ SecretString: 'oops' }) } as never }),
      ),
    },
    happens: async (play) => {
      const headers = { authorization: 'Bearer oops' };
      const path = '/aws/ec2/managedInstance';
      const response = await play.settle(play.sandbox.plane.request({ method: 'GET', path, headers }));
      expect(response.status).toBe(500);
      await play.passSeconds(2 * MINUTE);
    },
  },
  {
    alarms: ['events-undelivered'],
    when: 'the function for state changes is broken',
    options: { controlPlane: withReplaced('lambdas/wake-waiter/handler.ts', () => fails) },
    happens: create,
  },
  {
    alarms: ['api-failing', 'functions-throttled'],
    when: 'more requests come than may run at once',
    options: { controlPlane: { functionConcurrency: 1 } },
    happens: async (play) => {
      const request = () => play.sandbox.plane.request({ method: 'GET', path: '/aws/ec2/managedInstance/smi-1' });
      await play.settle(Promise.all([request(), request()]));
      await play.passSeconds(2 * MINUTE);
    },
  },
];

test.each(rows)('$alarms: $when', async ({ alarms, options, happens }) => {
  const play = await openWatched(options);
  await play.passSeconds(1);
  await happens(play);
  expect([...new Set(ringing(play))].sort()).toEqual([...alarms].sort());
});

test('a failure with a record pages for its node, and not as an execution without a record, however often it recurs', async () => {
  const play = await openWatched();
  await play.passSeconds(1);
  refuse(play, 'RunInstances', UNAUTHORIZED);
  // The pauses between one node's tries grow. The second node's failures fall between those of the first.
  for (let count = 0; count < 2; count += 1) {
    await play.startCreating(({ compute, ...document }) => ({
      ...document,
      compute: { ...compute, privateIp: undefined },
    }));
    await play.passSeconds(5 * MINUTE);
  }
  await play.passSeconds(15 * MINUTE);

  const failed = play.executionsOf('launch-node').filter(({ status }) => status === 'FAILED');
  expect(failed.length).toBeGreaterThanOrEqual(8);
  expect(ringing(play)).toEqual(['nodes-need-a-person', 'address-away']);
});

test('every alarm of the template is provoked above', async () => {
  const play = await open();
  const all = play.sandbox.plane.cloudWatch.alarms.map(({ name }) => name.replace(/^Holdfast-/, ''));
  expect([...new Set(rows.flatMap(({ alarms }) => alarms))].sort()).toEqual([...all].sort());
});
