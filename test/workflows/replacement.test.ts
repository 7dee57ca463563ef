/** Warning in, same addresses out: cold and hot, over many seeds. */
import type { NodeConfig } from '../../domain/config/node-config';
import { identityIn, plays, type Play } from './play';

const open = plays();

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const ATTACHMENTS = ['cold', 'hot'] as const;
const EVERY_RUN = ATTACHMENTS.flatMap((attachment) => SEEDS.map((seed) => ({ attachment, seed })));

/** Hot: the replacement also has its own primary interface, which is deleted with it. */
const INTERFACES_AT_REST = { cold: 1, hot: 2 };

test.each(EVERY_RUN)('$attachment, seed $seed: the identity outlives the instance', async ({ attachment, seed }) => {
  const play = await open({ attachment, seed });
  await play.create();
  const before = await play.addresses();
  const oldInstanceId = await play.interrupt();
  await play.untilIdle();
  await play.passSeconds(180);

  const after = await play.addresses();
  const node = await play.node();
  expect(before).toMatchObject({ instanceId: oldInstanceId, privateIp: '10.0.0.42' });
  expect(before?.publicIp).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  expect(identityIn(after)).toEqual(identityIn(before));
  expect(after?.instanceId).not.toBe(oldInstanceId);
  expect(node).toMatchObject({ status: 'ACTIVE', instance: { id: after?.instanceId, attachment } });
  expect(node).toMatchObject({ identity: { interfaceId: after?.networkInterfaceId, publicIp: after?.publicIp } });
  expect(play.instanceState(oldInstanceId)).toBe('terminated');
  expect(play.liveInstanceIds()).toEqual([after?.instanceId]);
  expect(play.interfaceIds()).toHaveLength(INTERFACES_AT_REST[attachment]);
  expect(play.executionsOf('replace-node').map(({ status }) => status)).toEqual(['SUCCEEDED']);
});

test('the same seed gives the same run', async () => {
  const run = async () => {
    const play = await open({ attachment: 'hot', seed: 7 });
    await play.create();
    await play.interrupt();
    await play.untilIdle();
    return JSON.stringify([play.calls, play.history]);
  };
  expect(await run()).toBe(await run());
});

describe('the order of the states', () => {
  test('cold: the interface is free and has its address before the replacement is launched', async () => {
    const play = await open({ attachment: 'cold' });
    await play.create();
    await play.interrupt();
    await play.untilIdle();
    expect(play.statesEntered('replace-node')).toEqual([
      'Take the node',
      'Is the node ours to operate on?',
      'Terminate the old instance',
      'How is the interface carried?',
      'Cold: detach the persisted ENI',
      'Cold: reassociate the EIP and launch the replacement',
      'Cold: what did the launch come to?',
      'Cold: wait until the replacement runs',
      'Confirm the node',
    ]);
  });

  test('hot: the old instance keeps the interface until the replacement runs, and is terminated last', async () => {
    const play = await open({ attachment: 'hot' });
    await play.create();
    await play.interrupt();
    await play.untilIdle();
    expect(play.statesEntered('replace-node')).toEqual([
      'Take the node',
      'Is the node ours to operate on?',
      'Hot: launch the replacement',
      'Hot: what did the launch come to?',
      'Hot: wait until the replacement runs',
      'Hot: detach the persisted ENI',
      'Hot: attach the ENI and reassociate the EIP',
      'Hot: terminate the old instance',
      'Confirm the node',
    ]);
  });

  test.each([
    {
      attachment: 'cold' as const,
      carrying: [
        'Cold: detach the persisted ENI',
        'Cold: reassociate the EIP and launch the replacement',
        'Cold: what did the launch come to?',
        'Cold: wait until the replacement runs',
      ],
    },
    {
      attachment: 'hot' as const,
      carrying: [
        'Hot: launch the replacement',
        'Hot: what did the launch come to?',
        'Hot: wait until the replacement runs',
        'Hot: detach the persisted ENI',
        'Hot: attach the ENI and reassociate the EIP',
        'Hot: terminate the old instance',
      ],
    },
  ])('$attachment: a first launch has no old instance, so it ends none and waits for none', async (row) => {
    const play = await open({ attachment: row.attachment });
    await play.create();
    expect(play.statesEntered('launch-node')).toEqual([
      'Take the node',
      'Is the node ours to operate on?',
      'Prepare the ENI',
      'Is the old instance to be terminated first?',
      ...row.carrying,
      'Confirm the node',
    ]);
    expect(play.callsOf('TerminateInstances')).toEqual([]);
  });
});

describe('draining', () => {
  const withDraining =
    (drainingTimeout: number) =>
    (document: NodeConfig): NodeConfig => ({ ...document, strategy: { ...document.strategy, drainingTimeout } });

  const secondsFrom = (play: Play, since: number) =>
    Math.round(((play.callsOf('TerminateInstances')[0]?.at ?? NaN) - since) / 1000);

  test('the old instance runs for as long as asked', async () => {
    const play = await open();
    await play.create(withDraining(30));
    const warnedAt = play.clock.now();
    await play.interrupt();
    await play.untilIdle();
    // The rest is the event's delivery and the step's observation of the instance.
    expect(secondsFrom(play, warnedAt)).toBeGreaterThanOrEqual(30);
    expect(secondsFrom(play, warnedAt)).toBeLessThanOrEqual(33);
  });

  test('but never past the end that the warning announces', async () => {
    const play = await open();
    await play.create(withDraining(3600));
    const warnedAt = play.clock.now();
    await play.interrupt();
    await play.untilIdle();
    expect(play.clock.now() - warnedAt).toBeLessThan(300_000);
    expect((await play.node()).status).toBe('ACTIVE');
  });
});

test('IPv6: the address is kept with the interface', async () => {
  const play = await open();
  const node = await play.create((document) => ({
    ...document,
    compute: {
      ...document.compute,
      launchSpecification: {
        ...document.compute.launchSpecification,
        networkInterfaces: [{ deviceIndex: 0, associatePublicIpAddress: true, associateIpv6Address: true }],
      },
    },
  }));
  await play.interrupt();
  await play.untilIdle();
  expect(node.identity.ipv6Address).toMatch(/^2001:db8:/);
  expect((await play.node()).identity.ipv6Address).toBe(node.identity.ipv6Address);
});

test('a private IP that the subnet chose is kept as well', async () => {
  const play = await open();
  await play.create(({ compute: { privateIp: _none, ...compute }, ...document }) => ({ ...document, compute }));
  const before = await play.addresses();
  await play.interrupt();
  await play.untilIdle();
  expect(before?.privateIp).toMatch(/^10\.0\.0\.\d+$/);
  expect(identityIn(await play.addresses())).toEqual(identityIn(before));
});
