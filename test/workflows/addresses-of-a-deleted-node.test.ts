/** A new node may have the addresses of a node that is being deleted: it waits until that node has released them. */
import type { NodeConfig } from '../../domain/config/node-config';
import { InvalidRequest } from '../../lambdas/api/node-service';
import { plays, type Adjust, type Play } from './play';

const open = plays();

const DELETE_EVERYTHING = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: true };
const onDemand: Adjust = (document) => ({ ...document, strategy: { lifeCycle: 'on_demand' } });
const draining: Adjust = (document) => ({ ...document, strategy: { ...document.strategy, drainingTimeout: 600 } });

/** A node with its document, whose deletion has been requested a second ago. */
async function deleted(
  play: Play,
  { adjust, deletion = DELETE_EVERYTHING }: { adjust?: Adjust; deletion?: typeof DELETE_EVERYTHING } = {},
): Promise<{ readonly id: string; readonly document: NodeConfig; readonly instanceId: string }> {
  const { id, config, instance } = await play.create(adjust);
  await play.settle(play.service.delete(id, deletion));
  await play.passSeconds(1);
  return { id, document: config, instanceId: instance?.id ?? '' };
}

/** Creates another node. The play observes that one from now on. */
async function createAnother(play: Play, document: NodeConfig): Promise<string> {
  const { id } = await play.settle(play.service.create(document));
  play.nodeId = id;
  return id;
}

async function messagesOf(play: Play): Promise<readonly string[]> {
  const { entries } = await play.settle(play.service.log(play.nodeId, { limit: 1000 }));
  return entries.map(({ message }) => message);
}

/** Lets minutes pass, with the reconciler in each of them. */
async function passMinutes(play: Play, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await play.passSeconds(60);
    await play.settle(play.sandbox.plane.runSchedule('Reconciler'));
  }
}

/** The reason that the node gives once it is in ERROR. */
async function reasonWithin(play: Play, minutes: number): Promise<string | undefined> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await passMinutes(play, 1);
    const { status, errorReason } = await play.node();
    if (status === 'ERROR') return errorReason;
  }
  return undefined;
}

describe.each(['cold', 'hot'] as const)('%s', (attachment) => {
  test('a new node gets both addresses, and says what it waits for', async () => {
    const play = await open({ attachment });
    const before = await deleted(play);

    await createAnother(play, before.document);
    await expect(messagesOf(play)).resolves.toContain(
      `waits until ${before.id}, which is being deleted, has released 10.0.0.42 and ${play.elasticIp}`,
    );
    await play.untilIdle();

    const node = await play.node();
    expect(node).toMatchObject({
      status: 'ACTIVE',
      identity: { privateIp: '10.0.0.42', allocationId: play.elasticIp },
    });
    expect(node).not.toHaveProperty('awaitedNodeIds');
    expect(play.elasticIpHolder()).toBe(node.identity.interfaceId);
    expect(play.liveInstanceIds()).toEqual([node.instance?.id]);
    expect(await play.settle(play.sandbox.node(before.id))).toBeUndefined();
    expect(await play.claims()).toEqual([...node.heldClaims].sort());
  });

  test('a node that drains keeps its Elastic IP until its instance has ended', async () => {
    const play = await open({ attachment });
    const before = await deleted(play, { adjust: draining });
    const holder = play.elasticIpHolder();
    const { privateIp: _own, ...compute } = before.document.compute;

    await createAnother(play, { ...before.document, compute });
    await passMinutes(play, 9);
    expect(play.instanceState(before.instanceId)).toBe('running');
    expect(play.elasticIpHolder()).toBe(holder);
    await passMinutes(play, 20);

    const node = await play.node();
    expect(node.status).toBe('ACTIVE');
    expect(play.elasticIpHolder()).toBe(node.identity.interfaceId);
    expect(node.identity.interfaceId).not.toBe(holder);
    expect(play.liveInstanceIds()).toEqual([node.instance?.id]);
  });

  test('a deletion that fails is named in the reason, and the node comes back by itself', async () => {
    const play = await open({ attachment });
    const { id, config: document, instance } = await play.create(onDemand);
    const instanceId = instance?.id ?? '';
    play.sandbox.ec2.protectFromTermination(instanceId, true);
    await play.settle(play.service.delete(id, DELETE_EVERYTHING));
    await play.passSeconds(1);

    await createAnother(play, document);
    const errorReason = await reasonWithin(play, 6);
    expect(errorReason).toContain(`launch failed: NotReady: ${id}, which is being deleted, has not released 10.0.0.42`);
    expect(errorReason).toContain('disableApiTermination');
    play.sandbox.ec2.protectFromTermination(instanceId, false);
    await passMinutes(play, 30);

    const node = await play.node();
    expect(node).toMatchObject({ status: 'ACTIVE', identity: { privateIp: '10.0.0.42' } });
    expect(play.elasticIpHolder()).toBe(node.identity.interfaceId);
  });

  test('a node that is deleted while it waits leaves nothing, and a third one gets the addresses', async () => {
    const play = await open({ attachment });
    const before = await deleted(play);
    const second = await createAnother(play, before.document);
    await play.passSeconds(1);
    await play.settle(play.service.delete(second, DELETE_EVERYTHING));
    await play.passSeconds(1);

    await createAnother(play, before.document);
    await passMinutes(play, 15);

    const node = await play.node();
    expect(node).toMatchObject({
      status: 'ACTIVE',
      identity: { privateIp: '10.0.0.42', allocationId: play.elasticIp },
    });
    expect(play.elasticIpHolder()).toBe(node.identity.interfaceId);
    expect(play.interfaceIds().filter((eniId) => eniId === node.identity.interfaceId)).toHaveLength(1);
    expect(play.liveInstanceIds()).toEqual([node.instance?.id]);
    expect(await play.settle(play.sandbox.node(second))).toBeUndefined();
    expect(await play.claims()).toEqual([...node.heldClaims].sort());
  });

  test('of two creations in the same second one wins', async () => {
    const play = await open({ attachment });
    const { document } = await deleted(play);
    const { elasticIp: _none, ...compute } = document.compute;
    const both = [play.service.create({ ...document, compute }), play.service.create({ ...document, compute })];

    const outcomes = await play.settle(Promise.allSettled(both));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.map(({ reason }: { reason: unknown }) => reason)).toEqual([expect.any(InvalidRequest)]);
    await play.untilIdle();
    const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.id] : []));
    play.nodeId = made[0] ?? '';
    expect(await play.node()).toMatchObject({ status: 'ACTIVE', identity: { privateIp: '10.0.0.42' } });
  });
});

test('an interface that the deletion leaves is refused', async () => {
  const play = await open();
  const deletion = { shouldTerminateInstance: true, shouldDeleteNetworkInterfaces: false };
  const { document } = await deleted(play, { deletion });

  await expect(play.settle(play.service.create(document))).rejects.toMatchObject({
    fieldErrors: [{ field: 'compute.privateIp', message: expect.stringContaining('delete that interface') as unknown }],
  });
});

test('an instance that the deletion leaves keeps both addresses', async () => {
  const play = await open();
  const deletion = { shouldTerminateInstance: false, shouldDeleteNetworkInterfaces: true };
  const { id, config } = await play.create();
  await play.settle(Promise.all([play.service.delete(id, deletion), play.passSeconds(0)]));

  await expect(play.settle(play.service.create(config))).rejects.toMatchObject({
    fieldErrors: [{ field: 'compute.privateIp' }, { field: 'compute.elasticIp' }],
  });
});
